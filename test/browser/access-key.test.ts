import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeNowcast, START_MS } from '../feed/records.js';
import { Serving } from '../feed/serving.js';
import { seriousViolations } from './support/axe.js';
import { chromiumMissing, launchChromium } from './support/chromium.js';

const WAIT_MS = 30_000;
const KEY = 'an-admin-key-of-tests-0123456789';

describe.skipIf(chromiumMissing() !== null)(
  'the dashboard of a service that needs a key, in Chromium',
  () => {
    let browser: Browser;
    let serving: Serving;

    beforeAll(async () => {
      [browser, serving] = await Promise.all([
        launchChromium(),
        Serving.start({
          zones: ['NORTH'],
          adminKey: KEY,
          access: { open: { host: '0.0.0.0', openRead: null, openExport: null } },
          api: { webDir: fileURLToPath(new URL('../../dist/web/', import.meta.url)) },
        }),
      ]);
      await serving.append('nowcasts', [makeNowcast({ zone: 'NORTH', originMs: START_MS })]);
    });

    afterAll(async () => {
      await browser.close();
      await serving.stop();
    });

    it('asks for it, says when it is wrong, and shows the live data with the right one', async () => {
      const page = await browser.newPage();
      page.setDefaultTimeout(WAIT_MS);
      await page.goto(serving.url);
      const input = page.locator('#access-key');
      await input.waitFor();
      expect(await page.locator('#access-key-why').textContent()).toMatch(
        /needs a key or token with the scope read/,
      );
      expect(await seriousViolations(page)).toEqual([]);
      await input.fill('a-wrong-key');
      await page.keyboard.press('Enter');
      await page.locator('#access-key-why', { hasText: 'neither a key nor a token' }).waitFor();
      await input.fill(KEY);
      await page.keyboard.press('Enter');
      await page.locator('[data-card="NORTH"]').waitFor();
      await expect.poll(() => serving.server.feed.clientCount, { timeout: WAIT_MS }).toBe(1);
      expect(await input.count()).toBe(0);
      expect(await page.evaluate<string | null>('sessionStorage.getItem("nowcast.key")')).toBe(KEY);
      const other = await browser.newPage();
      await other.goto(serving.url);
      await other.locator('#access-key').waitFor({ timeout: WAIT_MS });
    });
  },
);
