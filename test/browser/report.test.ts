import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedReport } from '../train/report/simulated-report.js';
import { chromiumMissing, launchChromium } from './support/chromium.js';

describe.skipIf(chromiumMissing() !== null)('the backtest report in Chromium, from a file', () => {
  let browser: Browser;
  let dir: string;
  let url: string;

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'nowcast-report-'));
    const file = path.join(dir, 'report.html');
    await writeFile(file, (await simulatedReport()).page);
    url = pathToFileURL(file).href;
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    await rm(dir, { recursive: true, force: true });
  });

  it.each([
    { width: 1280, colorScheme: 'light' as const },
    { width: 390, colorScheme: 'dark' as const },
  ])(
    'opens without a request or a console message at $width px, $colorScheme',
    async ({ width, colorScheme }) => {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      const said: string[] = [];
      const asked: string[] = [];
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(String(error)));
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(url);
      expect(said).toEqual([]);
      expect(asked).toEqual([url]);
      expect(await page.locator('figure svg').count()).toBeGreaterThanOrEqual(12);
      expect(
        await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
      ).toBe(0);
      // The theme reaches into the charts.
      const ink = await page.evaluate('getComputedStyle(document.querySelector("figure svg text")).fill');
      expect(ink).toBe(colorScheme === 'light' ? 'rgb(89, 99, 111)' : 'rgb(163, 173, 184)');
      await page.close();
    },
  );
});
