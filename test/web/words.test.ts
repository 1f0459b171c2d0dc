import { describe, expect, it } from 'vitest';
import { REASONS } from '../../src/nowcast/reasons.js';
import {
  formatAge,
  formatClock,
  formatDay,
  formatDeltaMw,
  formatHorizon,
  formatMw,
  formatPercent,
  isTimeZone,
  timeZoneLabel,
} from '../../src/web/format.js';
import { freshnessOf } from '../../src/web/state/freshness.js';
import { qualitySentences, reasonSentence } from '../../src/web/state/reasons.js';

const MINUTE_MS = 60_000;

describe('numbers', () => {
  it('writes megawatts with separators, finer when small, and a dash for what is not known', () => {
    expect([26431.4, 99.94, 73.4, -0.01, -120, null, Number.NaN].map(formatMw)).toEqual([
      '26,431',
      '99.9',
      '73.4',
      '0.0',
      '−120',
      '–',
      '–',
    ]);
  });

  it('signs changes, and calls no change no change', () => {
    expect([579.4, -120, 0.01, -0.01, null].map(formatDeltaMw)).toEqual(['+579', '−120', '±0', '±0', '–']);
  });

  it('writes percents and horizons', () => {
    expect([formatPercent(1.236), formatPercent(-4, 0), formatPercent(null)]).toEqual([
      '1.24\u202f%',
      '−4\u202f%',
      '–',
    ]);
    expect([5, 60, 135, 1440].map(formatHorizon)).toEqual(['5 min', '1 h', '2 h 15', '24 h']);
  });
});

describe('times', () => {
  it('writes ages in the unit that fits', () => {
    expect([-5, 12_000, 4 * MINUTE_MS, 125 * MINUTE_MS, 76 * 60 * MINUTE_MS].map(formatAge)).toEqual([
      '0 s',
      '12 s',
      '4 min',
      '2 h 05 min',
      '3 d 4 h',
    ]);
  });

  it('writes the zone’s wall clock through a change of the clocks', () => {
    const before = Date.parse('2025-03-09T09:55:00Z');
    const after = Date.parse('2025-03-09T10:05:00Z');
    const zone = 'America/Los_Angeles';
    expect([formatClock(before, zone), formatClock(after, zone)]).toEqual(['01:55', '03:05']);
    expect([timeZoneLabel(before, zone), timeZoneLabel(after, zone)]).toEqual(['PST', 'PDT']);
    expect(formatDay(before, 'UTC')).toBe('Sun 9 Mar');
  });

  it('knows which time zones exist', () => {
    expect([isTimeZone('Europe/Berlin'), isTimeZone('Mars/Olympus')]).toEqual([true, false]);
  });
});

describe('freshness', () => {
  it('is late beyond what the zone allows and very late beyond three times that', () => {
    const levels = [0, 15, 16, 45, 46].map((age) => freshnessOf(0, age * MINUTE_MS, 15 * MINUTE_MS).level);
    expect(levels).toEqual(['fresh', 'fresh', 'late', 'late', 'very-late']);
    expect(freshnessOf(0, 47 * MINUTE_MS, 15 * MINUTE_MS).text).toBe('data late: 47 min old');
    expect(freshnessOf(null, 0, 1).level).toBe('unknown');
  });
});

describe('quality in plain words', () => {
  it('has nothing to say when all is well', () => {
    expect(qualitySentences('ok', [], 'v1')).toEqual([]);
  });

  it('names the baseline and every reason once', () => {
    const sentences = qualitySentences('fallback', ['no_model', 'no_model'], 'baseline:ramp');
    expect(sentences).toEqual(['Fallback, no model: showing the ramp baseline.', REASONS.no_model]);
  });

  it('shows a code that it does not know as it is', () => {
    expect(reasonSentence('solar_flare')).toBe('solar flare.');
    expect(qualitySentences('degraded', [], 'v1')).toHaveLength(1);
  });
});
