import { gzipSync } from 'node:zlib';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS, toIso } from '../../src/contracts/time.js';
import { formatMw } from '../../src/web/format.js';
import { VIEWS } from '../../src/web/route.js';
import { seriousViolations } from './support/axe.js';
import { expectFuelMix, expectQualityDays } from './support/data-panels.js';
import { chromiumMissing, launchChromium } from './support/chromium.js';
import { demandAt, NEW_MODEL, OLD_MODEL, ServedWeek, ZONES } from './support/served-week.js';
import { openWatched, type Misdeeds } from './support/watched-page.js';

const WAIT_MS = 30_000;
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const WALL = { width: 2560, height: 1440 };
const NO_MISDEEDS: Misdeeds = { console: [], external: [], csp: [] };
const ASSETS = fileURLToPath(new URL('../../dist/web/assets/', import.meta.url));
const SCRIPT_LIMIT_BYTES = 150_000;

/** What must be there before a view counts as shown. */
const SHOWN: Readonly<Record<(typeof VIEWS)[number], string>> = {
  system: '.mini-path[d^="M"]',
  zone: '#temperature-chart canvas',
  accuracy: '#quarters svg',
  models: '#model-history tbody tr',
  health: '#zone-status tbody tr',
};

async function beyondPage(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

describe.skipIf(chromiumMissing() !== null)('the views of the dashboard in Chromium', () => {
  let browser: Browser;
  let week: ServedWeek;

  beforeAll(async () => {
    [browser, week] = await Promise.all([launchChromium(), ServedWeek.start()]);
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  afterAll(async () => {
    await browser.close();
    await week.serving.stop();
  });

  async function open(query: string, viewport = DESKTOP): ReturnType<typeof openWatched> {
    const watched = await openWatched(browser, `${week.url}${query}`, { viewport });
    watched.page.setDefaultTimeout(WAIT_MS);
    return watched;
  }

  it('shows all zones at a glance, greys the late one, and follows what arrives', async () => {
    const { page, misdeeds } = await open('');
    await expect.poll(() => page.locator('.zone-card').count(), { timeout: WAIT_MS }).toBe(ZONES.length);
    await page.locator('[data-card="NORTH"] .mini:not(.weak) .mini-band[d^="M"]').waitFor();
    const late = page.locator('[data-card="LATE"]');
    await late.locator('.mini.weak').waitFor({ state: 'attached' });
    expect(await late.textContent()).toMatch(/data late: 3 h/);
    await expect
      .poll(() => page.locator('[data-card="NORTH"] .zone-card-foot').textContent(), { timeout: WAIT_MS })
      .toMatch(/Error now 1\.00.%.*MAPE 24 h 0\.80.%/);
    await page.locator('#system-table-box summary').click();
    await expect.poll(() => page.locator('#system-table tbody tr').count()).toBe(ZONES.length);
    const originMs = await week.advance('SOUTH', 1);
    await expect
      .poll(() => page.locator('[data-card="SOUTH"] .tile-mw').textContent(), { timeout: WAIT_MS })
      .toContain(formatMw(demandAt('SOUTH', originMs)));
    await page.locator('[data-card="SOUTH"] a').click();
    await expect.poll(() => page.locator('#zone-name').textContent()).toBe('Zone SOUTH');
    expect(misdeeds).toEqual(NO_MISDEEDS);
  });

  it('draws a zone with the operator’s forecast, temperature, errors and the change of model', async () => {
    const { page, misdeeds } = await open('?view=zone&zone=NORTH&horizon=60');
    await page.locator(SHOWN.zone).waitFor();
    await page.locator('#past-choice button', { hasText: '3 d' }).click();
    await expect
      .poll(() => page.locator('.legend').first().textContent(), { timeout: WAIT_MS })
      .toMatch(/Predicted 1 h before.*CAISO day-ahead.*New model version/s);
    expect(await page.locator('#error-now').textContent()).toMatch(/^1\.00/);
    await page.locator('#horizon-choice button', { hasText: '6 h' }).click();
    await expect.poll(() => page.locator('#error-title').textContent()).toContain('6 h ahead');
    expect(page.url()).toContain('horizon=360');
    await page.locator('#chart').focus();
    // The newest temperature is of the last full hour.
    for (const key of ['ArrowLeft', 'PageUp', 'PageUp']) await page.keyboard.press(key);
    await expect
      .poll(() => page.locator('#readout').textContent())
      .toMatch(/Actual.*MW.*6 h before.*1\.00.%.*Operator.*Temperature/);
    await expectFuelMix(page);
    await page.locator('#table-box summary').click();
    await expect.poll(() => page.locator('#data-table tbody tr').count()).toBeGreaterThan(800);
    expect(misdeeds).toEqual(NO_MISDEEDS);
  });

  it('zooms and moves by keyboard, wheel and drag', async () => {
    const { page } = await open('?view=zone&zone=NORTH');
    await page.locator(SHOWN.zone).waitFor();
    const reset = page.locator('#reset-zoom');
    await page.locator('#chart').focus();
    await page.keyboard.press('+');
    await reset.waitFor({ state: 'visible' });
    await page.keyboard.press('Escape');
    await reset.waitFor({ state: 'hidden' });
    const over = page.locator('#chart .u-over');
    await over.hover();
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -400);
    await page.keyboard.up('Control');
    await reset.waitFor({ state: 'visible' });
    const dayUnderMiddle = (): Promise<string | null> => page.locator('#readout').textContent();
    const before = await dayUnderMiddle();
    const box = await over.boundingBox();
    if (box === null) throw new Error('the chart has no plotting area');
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await page.keyboard.down('Shift');
    await page.mouse.down();
    await page.mouse.move(middle.x + 200, middle.y, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    await page.mouse.move(middle.x, middle.y);
    await expect.poll(dayUnderMiddle).not.toBe(before);
    expect(await reset.isVisible()).toBe(true);
  });

  it('says what was predicted at a moment, under an address that can be shared', async () => {
    const { page, misdeeds } = await open('?view=zone&zone=NORTH');
    await page.locator(SHOWN.zone).waitFor();
    const atMs = week.lastMs - 26 * HOUR_MS;
    const origin = (): Promise<string | null> => page.locator('#chart').getAttribute('data-origin');
    await page.keyboard.press('u');
    await page.keyboard.press('t');
    await page.locator('#travel-at').fill(toIso(atMs).slice(0, 16));
    await page.keyboard.press('Enter');
    await expect.poll(origin, { timeout: WAIT_MS }).toBe(toIso(atMs));
    const note = page.locator('#travel-note');
    await expect
      .poll(() => note.textContent())
      .toMatch(/Not live\. .*mean error 1\.00.% over 7 steps up to 24 h/);
    expect(await note.textContent()).toContain('7 of 7 inside P10–P90');
    await expect.poll(() => page.locator('#announcer').textContent()).toContain('mean error');
    const shared = page.url();
    await page.locator('#chart').focus();
    await page.keyboard.press(',');
    await expect.poll(origin, { timeout: WAIT_MS }).toBe(toIso(atMs - 5 * MINUTE_MS));
    await page.goBack();
    await expect.poll(origin, { timeout: WAIT_MS }).toBe(toIso(atMs));
    await page.keyboard.press('l');
    await expect.poll(() => note.isVisible()).toBe(false);
    await expect.poll(origin).toBe(toIso(week.lastMs));
    const other = await open(new URL(shared).search);
    await expect
      .poll(() => other.page.locator('#chart').getAttribute('data-origin'), { timeout: WAIT_MS })
      .toBe(toIso(atMs));
    expect([misdeeds, other.misdeeds]).toEqual([NO_MISDEEDS, NO_MISDEEDS]);
  });

  it('says so when nothing was predicted at that moment', async () => {
    const { page } = await open('?zone=NORTH&at=2001-01-01T00:00:00Z');
    await expect
      .poll(() => page.locator('#travel-note').textContent(), { timeout: WAIT_MS })
      .toContain('has no nowcast');
    await page.locator('#travel-live').click();
    await expect.poll(() => page.locator('#chart').getAttribute('data-origin')).toBe(toIso(week.lastMs));
  });

  it('shows errors, calibration, models, trainings, alerts and data quality', async () => {
    const { page, misdeeds } = await open('?view=accuracy&zone=NORTH');
    await page.locator(SHOWN.accuracy).waitFor();
    expect(await page.locator('#quarters svg').getAttribute('aria-label')).toMatch(/P10–P50: 100\.0.%/);
    expect(await page.locator('#error-by-horizon path').count()).toBe(3);
    await expect.poll(() => page.locator('#error-by-day rect').count()).toBeGreaterThanOrEqual(7);
    expect(await page.locator('#error-by-hour rect').count()).toBe(24);
    await page.keyboard.press('4');
    await page.locator(SHOWN.models).first().waitFor();
    const models = await page.locator('#model-history').textContent();
    expect(models).toMatch(new RegExp(`${OLD_MODEL.slice(-8, -2)}|${NEW_MODEL.slice(-8, -2)}`));
    expect(models).toContain('worse than the champion beyond noise');
    expect(await page.locator('#training-runs').textContent()).toContain('fit 1 min');
    await page.keyboard.press('5');
    await page.locator(SHOWN.health).first().waitFor();
    await expect.poll(() => page.locator('#alerts').textContent()).toMatch(/late.*Resolved lately: 1/);
    expect(await page.locator('#data-quality').textContent()).toMatch(/Spike1/);
    await expectQualityDays(page);
    expect(misdeeds).toEqual(NO_MISDEEDS);
  });

  it('is worked with the keyboard alone', async () => {
    const { page } = await open('?view=health');
    await page.locator(SHOWN.health).first().waitFor();
    for (const [index, view] of VIEWS.entries()) {
      await page.keyboard.press(String(index + 1));
      await expect.poll(() => page.locator('[aria-current="page"]').getAttribute('data-nav')).toBe(view);
      expect(page.url()).toContain(`view=${view}`);
    }
    await page.keyboard.press('2');
    const name = (): Promise<string | null> => page.locator('#zone-name').textContent();
    await expect.poll(name).toBe('Zone NORTH');
    await page.keyboard.press(']');
    await expect.poll(name).toBe('Zone SOUTH');
    // No source of it tells a fuel mix.
    await page.locator('#fuel-mix-card').waitFor({ state: 'hidden' });
    await page.keyboard.press('[');
    await expect.poll(name).toBe('Zone NORTH');
    await page.keyboard.press('?');
    await page.locator('#help[open]').waitFor();
    await page.locator('#keys-toggle').click();
    await page.keyboard.press('Escape');
    await page.locator('#help').waitFor({ state: 'hidden' });
    await page.keyboard.press(']');
    await page.keyboard.press('?');
    expect([await name(), await page.locator('#help').isVisible()]).toEqual(['Zone NORTH', false]);
  });

  it('has no serious barrier in any view, light and dark', async () => {
    const { page } = await open(`?view=system&zone=NORTH`);
    const check = async (what: string): Promise<void> => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await seriousViolations(page), `${what}, ${colorScheme}`).toEqual([]);
      }
    };
    for (const [index, view] of VIEWS.entries()) {
      await page.keyboard.press(String(index + 1));
      await page.locator(SHOWN[view]).first().waitFor();
      await check(view);
    }
    await page.goto(`${week.url}?zone=NORTH&at=${toIso(week.lastMs - HOUR_MS)}`);
    await page.locator('#travel-note').waitFor();
    await page.locator('#help-open').click();
    await page.locator('#help[open]').waitFor();
    await check('time travel and help');
  });

  it.each([
    ['phone', PHONE],
    ['wall', WALL],
  ])('fits a %s without scrolling sideways', async (name, viewport) => {
    const { page } = await openWatched(browser, `${week.url}?view=health&zone=NORTH`, {
      viewport,
      isMobile: name === 'phone',
    });
    page.setDefaultTimeout(WAIT_MS);
    for (const view of VIEWS) {
      await page.locator(`[data-nav="${view}"]`).click();
      await page.locator(SHOWN[view]).first().waitFor();
      expect(await beyondPage(page), view).toBe(0);
    }
  });

  it('loads a script of less than 150 kB, compressed', async () => {
    const scripts = (await readdir(ASSETS)).filter((file) => file.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(0);
    const sizes = await Promise.all(
      scripts.map(async (file) => gzipSync(await readFile(path.join(ASSETS, file))).length),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(SCRIPT_LIMIT_BYTES);
  });
});
