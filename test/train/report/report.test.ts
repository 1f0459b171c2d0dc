import { beforeAll, describe, expect, it } from 'vitest';
import { FEATURE_NAMES } from '../../../src/features/feature-names.js';
import { featureGroup } from '../../../src/train/report/feature-groups.js';
import type { ReportData } from '../../../src/train/report/report-data.js';
import { ResidualHistogram } from '../../../src/train/report/residuals.js';
import { horizonLabel, shownHorizons } from '../../../src/train/report/shown-horizons.js';
import { simulatedReport } from './simulated-report.js';

const VOID = new Set(['meta', 'br', '!doctype']);

/** Every element that is opened is closed in order. @returns the names of the elements */
function parse(page: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const text = page.replace(/<style>[\s\S]*?<\/style>/g, '');
  for (const [, close, name = '', rest = ''] of text.matchAll(
    /<(\/?)([a-zA-Z!][\w-]*)((?:"[^"]*"|[^">])*)>/g,
  )) {
    if (close === '/') {
      expect(open.pop()).toBe(name);
      continue;
    }
    names.push(name);
    if (!VOID.has(name) && !rest.endsWith('/')) open.push(name);
  }
  expect(open).toEqual([]);
  return names;
}

describe('the report', () => {
  let data: ReportData;
  let page: string;
  beforeAll(async () => {
    ({ data, page } = await simulatedReport());
  });

  it('is well-formed, without script, request or double id, and escapes what it is given', () => {
    const names = parse(page);
    expect(names).not.toContain('script');
    expect(names.filter((name) => name === 'svg').length).toBeGreaterThanOrEqual(12);
    expect(page).not.toMatch(/\b(src|href)=|url\(|@import/);
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; more');
    const ids = [...page.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(page).toContain("default-src 'none'".replaceAll("'", '&#39;'));
  });

  it('contains the numbers of the JSON', () => {
    for (const { mape, coverage80, bias, skill, baselines, byHour } of data.result.horizons) {
      for (const value of [mape, baselines.ramp24h, baselines.ramp7d, baselines.persistence])
        expect(page).toContain(`>${value.toFixed(3)}<`);
      expect(page).toContain(`>${coverage80.toFixed(1)}<`);
      expect(page).toContain(`>${bias.toFixed(1)}<`);
      expect(page).toContain(`>${skill.ramp24h?.toFixed(3) ?? ''}<`);
      expect(byHour).toHaveLength(24);
    }
  });

  it('says a sentence for every plot and has its numbers', () => {
    const plots = [...page.matchAll(/role="img" aria-label="([^"]+)"/g)];
    expect(plots.length).toBe([...page.matchAll(/<figure/g)].length);
    expect(plots.length).toBe([...page.matchAll(/<details>/g)].length);
    for (const [, alt = ''] of plots) expect(alt.length).toBeGreaterThan(30);
  });

  it('keeps days, worst days, errors and importance of the walk', () => {
    const { findings, result } = data;
    expect(findings.shown).toEqual([15, 60, 180, 720]);
    expect(findings.worst.length).toBeGreaterThan(0);
    const mapes = findings.worst.map(({ mape }) => mape);
    expect(mapes).toEqual([...mapes].sort((a, b) => b - a));
    for (const minutes of findings.shown) {
      const horizon = result.horizons.find((one) => one.minutes === minutes)!;
      const cells = findings.hours.filter((one) => one.minutes === minutes);
      expect(cells.reduce((sum, { n }) => sum + n, 0)).toBe(horizon.n);
    }
    expect(findings.importance?.origins).toBeGreaterThan(150);
    // Recent demand is what a nowcast rests on; a feature that cannot matter within a horizon must not.
    const rise = (name: string) =>
      findings.importance?.groups.find((one) => one.name === name)?.risePercent ?? [];
    expect(rise('recent demand')[0]).toBeGreaterThan(1);
    for (const value of rise('horizon')) expect(Math.abs(value)).toBeLessThan(1e-6);
    expect(findings.models).toHaveLength(1);
  });
});

describe('parts of the report', () => {
  it('put every feature into a group', () => {
    expect(FEATURE_NAMES.filter((name) => featureGroup(name) === 'other')).toEqual([]);
  });

  it('choose horizons that stand for all', () => {
    expect(shownHorizons([60, 120, 1440])).toEqual([60, 120, 1440]);
    expect(shownHorizons([5])).toEqual([5]);
    expect([5, 60, 90].map(horizonLabel)).toEqual(['5 min', '1 h', '1 h 30 min']);
  });

  it('count errors in percent of the actual', () => {
    const histogram = new ResidualHistogram();
    for (let i = 0; i < 1000; i += 1) histogram.add(1000, 950 + i / 10);
    histogram.add(0, 5);
    expect(histogram.quantile(0.5)).toBeCloseTo(0, 1);
    expect(histogram.quantile(0.9)).toBeCloseTo(4, 1);
    const bins = histogram.density(5, 20);
    expect(bins.reduce((sum, { density }) => sum + density * 0.5, 0)).toBeCloseTo(1, 6);
  });
});
