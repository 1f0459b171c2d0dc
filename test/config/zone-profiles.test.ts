import { describe, expect, it } from 'vitest';
import { buildProfile, ZoneProfiles } from '../../src/config/zone-profiles.js';

describe('zone profiles', () => {
  it('gives a zone nobody configured the step of its data, UTC and no holidays', () => {
    const profile = new ZoneProfiles([]).profile('ELSEWHERE', 15);
    expect(profile).toMatchObject({ stepMs: 900_000, timeZone: 'UTC', holidays: '', limits: { minMw: 0 } });
    expect(profile.horizonsMinutes).toEqual([...profile.horizonsMinutes].sort((a, b) => a - b));
  });

  it('lets the records decide the step and keeps the rest of the configuration', () => {
    const profiles = new ZoneProfiles([{ zone: 'Z', stepMinutes: 60, timeZone: 'America/Los_Angeles' }]);
    expect(profiles.profile('Z', 5)).toMatchObject({ stepMs: 300_000, timeZone: 'America/Los_Angeles' });
    expect(profiles.profile('Z', 5)).toBe(profiles.profile('Z'));
  });

  it('has the default horizons: each step to 2 h, 15 min to 6 h, hourly to 24 h', () => {
    const { horizonsMinutes } = buildProfile({ zone: 'Z' }, 5);
    expect(horizonsMinutes).toHaveLength(24 + 16 + 18);
    expect(horizonsMinutes.slice(22, 26)).toEqual([115, 120, 135, 150]);
    expect(horizonsMinutes.slice(-2)).toEqual([1380, 1440]);
    expect(buildProfile({ zone: 'Z' }, 60).horizonsMinutes).toEqual(
      Array.from({ length: 24 }, (_, h) => 60 * (h + 1)),
    );
  });

  it('refuses a time zone that does not exist and a horizon off the step', () => {
    expect(() => buildProfile({ zone: 'Z', timeZone: 'Mars/Olympus' })).toThrowError(/Mars\/Olympus.*IANA/);
    expect(() => buildProfile({ zone: 'Z', stepMinutes: 30, horizonsMinutes: [30, 45] })).toThrowError(
      /45 min.*30 min/,
    );
  });
});
