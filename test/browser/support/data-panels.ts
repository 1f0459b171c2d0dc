import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const WAIT_MS = 30_000;

/** The table of data quality has the served week's days, and the keyboard reaches it. */
export async function expectQualityDays(page: Page): Promise<void> {
  const days = page.locator('#quality-days[role="region"]');
  await expect.poll(() => days.locator('tbody tr').count()).toBe(3);
  const cells = await days.locator('tbody tr').first().locator('th, td').allTextContents();
  expect(cells.map((cell) => cell.replaceAll('\u202f', ' '))).toEqual([
    'Zone NORTH',
    'Sun 9 Mar',
    '95.8 %',
    '12',
    '1, longest 1 h 00 min',
    '2',
    '3 (1.03 %)',
    'Frozen value 12, Spike 3',
  ]);
  expect(await days.locator('tbody tr').last().textContent()).toMatch(/Zone SOUTH.*100\.0.*none/);
  await days.focus();
  expect(await page.evaluate('document.activeElement.id')).toBe('quality-days');
}

/** The zone view has the served week's fuel mix, in a picture with a name and in a table. */
export async function expectFuelMix(page: Page): Promise<void> {
  // Batteries have an area above zero and one below.
  await expect.poll(() => page.locator('#fuel-mix path').count(), { timeout: WAIT_MS }).toBe(5);
  expect(await page.locator('#fuel-mix svg').getAttribute('aria-label')).toContain('Nuclear 2,200 MW');
  const fuels = page.locator('#fuel-mix-table tbody th');
  expect(await fuels.allTextContents()).toEqual(['Batteries', 'Solar', 'Natural gas', 'Nuclear']);
}
