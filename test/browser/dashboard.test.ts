import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chromiumMissing, launchChromium } from './support/chromium.js';
import { Product } from './support/product.js';
import { openWatched } from './support/watched-page.js';

/** Event time per wall time: a five-minute step every five seconds. */
const SPEED = 60;
/** The first model is trained while the page waits; on a busy machine that takes its time. */
const MODEL_LIMIT_MS = 240_000;
const TEST_MS = MODEL_LIMIT_MS + 60_000;
const WAIT_MS = 30_000;
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Waits until a model with all its inputs makes the selected zone's nowcasts. */
async function untilModelMade(page: Page): Promise<void> {
  await page.locator('#quality[data-level="good"]').waitFor({ timeout: MODEL_LIMIT_MS });
  await page.locator('#chart canvas').waitFor({ timeout: WAIT_MS });
}

/** Waits for the attribute of the first match to differ from what it was. */
async function untilChanged(
  page: Page,
  selector: string,
  attribute: string,
  before: string | null,
): Promise<void> {
  await expect
    .poll(() => page.locator(selector).first().getAttribute(attribute), { timeout: WAIT_MS })
    .not.toBe(before);
}

async function pixelWidthBeyondPage(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

describe.skipIf(chromiumMissing() !== null)(
  'the dashboard in Chromium, on the real product',
  { timeout: TEST_MS },
  () => {
    let browser: Browser;
    let product: Product;
    let dataDir: string;

    beforeAll(async () => {
      dataDir = await mkdtemp(path.join(tmpdir(), 'nowcast-browser-'));
      browser = await launchChromium();
      product = await Product.start(dataDir, 0, SPEED);
    });

    afterEach(async () => {
      for (const context of browser.contexts()) await context.close();
    });

    afterAll(async () => {
      await browser.close();
      await product.kill();
      await rm(dataDir, { recursive: true, force: true });
    });

    it('shows nowcasts that a model made, moving live, and breaks no rule while it does', async () => {
      const { page, misdeeds } = await openWatched(browser, `${product.url}?view=zone`, {
        viewport: DESKTOP,
      });
      await untilModelMade(page);
      expect(await page.locator('#connection').textContent()).toBe('Live');
      const origin = await page.locator('#chart').getAttribute('data-origin');
      await untilChanged(page, '#chart', 'data-origin', origin);
      await expect.poll(() => page.locator('#now-mw').textContent(), { timeout: WAIT_MS }).toMatch(/\d/);
      expect(await page.locator('#next-mw').textContent()).toMatch(/\d/);
      expect(await page.locator('#model').textContent()).toContain('Trained until');
      expect(misdeeds).toEqual({ console: [], external: [], csp: [] });
    });

    it('says that the data is simulated', async () => {
      const { page } = await openWatched(browser, `${product.url}?view=zone`, { viewport: DESKTOP });
      await page.locator('#simulated').waitFor({ state: 'visible', timeout: WAIT_MS });
      expect(await page.locator('#simulated').textContent()).toContain('SIMULATED DATA');
    });

    it('switches zones by click and by keyboard', async () => {
      const { page } = await openWatched(browser, `${product.url}?view=zone`, { viewport: DESKTOP });
      const tiles = page.locator('.tile');
      await expect.poll(() => tiles.count(), { timeout: WAIT_MS }).toBeGreaterThan(2);
      await tiles.nth(1).click();
      const second = await tiles.nth(1).locator('.tile-name span').first().textContent();
      await expect.poll(() => page.locator('#zone-name').textContent()).toBe(second);
      await page.keyboard.press('ArrowRight');
      const third = await tiles.nth(2).locator('.tile-name span').first().textContent();
      await expect.poll(() => page.locator('#zone-name').textContent()).toBe(third);
      expect(await tiles.nth(2).getAttribute('aria-checked')).toBe('true');
      expect(await tiles.nth(1).getAttribute('aria-checked')).toBe('false');
      expect(await page.evaluate('document.activeElement.getAttribute("data-zone")')).toBe(
        await tiles.nth(2).getAttribute('data-zone'),
      );
    });

    it('changes its theme, and remembers it', async () => {
      const { page } = await openWatched(browser, `${product.url}?view=zone`, {
        viewport: DESKTOP,
        colorScheme: 'light',
      });
      const background = (): Promise<string> =>
        page.evaluate('getComputedStyle(document.body).backgroundColor');
      const light = await background();
      await page.locator('#theme').click();
      await page.locator('#theme').click();
      expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
      expect(await background()).not.toBe(light);
      await page.reload();
      expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    });

    it('shows the clock in the zone’s time, and in UTC when asked', async () => {
      const { page } = await openWatched(browser, `${product.url}?view=zone`, { viewport: DESKTOP });
      await page.locator('.tile').first().waitFor({ timeout: WAIT_MS });
      await page.locator('#utc').click();
      await expect.poll(() => page.locator('#clock-note').textContent()).toContain('UTC');
      await page.locator('#utc').click();
      await expect.poll(() => page.locator('#clock-note').textContent()).toMatch(/P[SD]T/);
    });

    it('reads the chart with the keyboard, zooms by drag and resets', async () => {
      const { page } = await openWatched(browser, `${product.url}?view=zone`, { viewport: DESKTOP });
      await untilModelMade(page);
      await page.locator('#chart').focus();
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => page.locator('#readout').textContent()).toMatch(/\d+ MW/);
      const box = await page.locator('#chart .u-over').boundingBox();
      if (box === null) throw new Error('the chart has no plotting area');
      await page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 5 });
      await page.mouse.up();
      await page.locator('#reset-zoom').waitFor({ state: 'visible' });
      await page.locator('#reset-zoom').click();
      await page.locator('#reset-zoom').waitFor({ state: 'hidden' });
      await page.locator('#table-box summary').click();
      await expect.poll(() => page.locator('#data-table tbody tr').count()).toBeGreaterThan(50);
    });

    it('fits a phone without scrolling sideways', async () => {
      const { page } = await openWatched(browser, `${product.url}?view=zone`, {
        viewport: PHONE,
        hasTouch: true,
        isMobile: true,
      });
      await untilModelMade(page);
      expect(await pixelWidthBeyondPage(page)).toBe(0);
      const narrow = await page.locator('#chart canvas').boundingBox();
      expect(narrow?.width ?? Infinity).toBeLessThanOrEqual(PHONE.width);
    });

    it('says so when the server is gone, and comes back by itself', async () => {
      const { page } = await openWatched(browser, `${product.url}?view=zone`, { viewport: DESKTOP });
      await untilModelMade(page);
      const { port } = product;
      await product.kill();
      await expect
        .poll(() => page.locator('#connection').textContent(), { timeout: WAIT_MS })
        .toContain('Reconnecting');
      expect(await page.locator('#problem').isVisible()).toBe(true);
      const subscriptions: string[] = [];
      page.on('websocket', (socket) => {
        socket.on('framereceived', ({ payload }) => {
          if (String(payload).includes('"type":"subscribed"')) subscriptions.push(String(payload));
        });
      });
      product = await Product.start(dataDir, port, SPEED);
      await expect
        .poll(() => page.locator('#connection').textContent(), { timeout: MODEL_LIMIT_MS })
        .toBe('Live');
      expect(await page.locator('#problem').isVisible()).toBe(false);
      // Not only the badge: the new process has confirmed where this page goes on from.
      expect(subscriptions.length).toBeGreaterThan(0);
    });
  },
);
