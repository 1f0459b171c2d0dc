import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromWallText, toWallText } from '../../src/web/local-time.js';

const ZONES = ['UTC', 'America/Los_Angeles', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Europe/Berlin'];
const MINUTE_MS = 60_000;

describe('a time on the clock of a zone', () => {
  it('comes back to the same reading of the clock, whatever the zone', () => {
    const minutes = fc.integer({ min: Date.UTC(2015, 0) / MINUTE_MS, max: Date.UTC(2035, 0) / MINUTE_MS });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), minutes, (zone, minute) => {
        const text = toWallText(minute * MINUTE_MS, zone);
        const back = fromWallText(text, zone);
        expect(back).not.toBeNull();
        expect(toWallText(back ?? 0, zone)).toBe(text);
        // The same instant, or the first of the two that the clock shows the same for.
        expect(minute * MINUTE_MS - (back ?? 0)).toBeGreaterThanOrEqual(0);
        expect(minute * MINUTE_MS - (back ?? 0)).toBeLessThanOrEqual(60 * MINUTE_MS);
      }),
    );
  });

  it('takes the first of an hour that comes twice', () => {
    expect(fromWallText('2025-11-02T01:30', 'America/Los_Angeles')).toBe(Date.UTC(2025, 10, 2, 8, 30));
  });

  it('counts a time that the clock leaves out as one hour later', () => {
    expect(fromWallText('2025-03-09T02:30', 'America/Los_Angeles')).toBe(Date.UTC(2025, 2, 9, 10, 30));
  });

  it('is no time when the text is none', () => {
    expect(['', 'now', '2025-13-01T00:00', '2025-01-01'].map((text) => fromWallText(text, 'UTC'))).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});
