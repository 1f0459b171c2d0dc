import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousViolations } from './support/axe.js';
import { chromiumMissing, launchChromium } from './support/chromium.js';
import { ServedWeek } from './support/served-week.js';

const KEY = 'a-key-for-the-browser-test-only';
const WAIT_MS = 30_000;

describe.skipIf(chromiumMissing() !== null)('the dashboard where reading wants a key, in Chromium', () => {
  let browser: Browser;
  let week: ServedWeek;

  beforeAll(async () => {
    const closed = { host: '127.0.0.1', openRead: false, openExport: false };
    [browser, week] = await Promise.all([
      launchChromium(),
      ServedWeek.start({ adminKey: KEY, access: { open: closed } }),
    ]);
  });

  afterAll(async () => {
    await browser.close();
    await week.serving.stop();
  });

  it('asks for a key, refuses a wrong one, shows everything with the right one, and forgets it with the tab', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(week.url);
    const dialog = page.locator('#key-dialog[open]');
    await dialog.waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    const answer = async (key: string): Promise<void> => {
      await page.locator('#key-input').fill(key);
      await page.keyboard.press('Enter');
    };
    await answer('wrong');
    await expect
      .poll(() => page.locator('#key-problem').textContent(), { timeout: WAIT_MS })
      .toContain('not accepted');
    await answer(KEY);
    await dialog.waitFor({ state: 'hidden' });
    await page.locator('[data-card="NORTH"] .mini-path[d^="M"]').waitFor();
    // The feed was let in too, not only REST.
    await expect.poll(() => page.locator('#connection').textContent(), { timeout: WAIT_MS }).toBe('Live');
    await page.reload();
    await page.locator('[data-card="NORTH"] .mini-path[d^="M"]').waitFor();
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(KEY);
    const other = await context.newPage();
    await other.goto(week.url);
    await other.locator('#key-dialog[open]').waitFor({ timeout: WAIT_MS });
    await context.close();
  });
});
