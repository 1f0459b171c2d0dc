import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/contracts/time.js';
import {
  demandByTime,
  donorScale,
  scaleEvents,
  scaleProfile,
} from '../../../src/train/pooling/donor-scale.js';
import { eventsOf, profileOf, START_MS } from './hourly-zones.js';

const OWN = demandByTime(eventsOf('own', { fromHour: 0, untilHour: 24 * 10 }), Infinity);
const END_MS = START_MS + 10 * DAY_MS;

describe('donorScale', () => {
  it('finds again how a copy of the zone was rescaled', () => {
    const gains = fc.double({ min: 0.01, max: 100, noNaN: true });
    const offsets = fc.double({ min: -5000, max: 5000, noNaN: true });
    fc.assert(
      fc.property(gains, offsets, (gain, offsetMw) => {
        const donor = new Map([...OWN].map(([timeMs, mw]) => [timeMs, (mw - offsetMw) / gain]));
        const scale = donorScale(OWN, donor, END_MS, HOUR_MS);
        expect(scale?.gain).toBeCloseTo(gain, 6);
        expect(scale?.offsetMw).toBeCloseTo(offsetMw, 3);
      }),
    );
  });

  it('looks at nothing from the cut on', () => {
    const cutMs = START_MS + 6 * DAY_MS;
    const donor = demandByTime(eventsOf('donor', { fromHour: 0, untilHour: 24 * 10 }), Infinity);
    const scrambled = (demand: Map<number, number>): Map<number, number> =>
      new Map([...demand].map(([timeMs, mw]) => [timeMs, timeMs < cutMs ? mw : 1e6 - 3 * mw]));
    const scale = donorScale(OWN, donor, cutMs, HOUR_MS);
    expect(scale).not.toBeNull();
    expect(donorScale(scrambled(OWN), scrambled(donor), cutMs, HOUR_MS)).toEqual(scale);
    expect(donorScale(OWN, donor, END_MS, HOUR_MS)).not.toEqual(scale);
  });

  it('is hardly moved by a few wrong values', () => {
    const donor = new Map([...OWN].map(([timeMs, mw]) => [timeMs, mw / 2]));
    for (let hour = 5; hour < 240; hour += 60) donor.set(START_MS + hour * HOUR_MS, 1e7);
    const scale = donorScale(OWN, donor, END_MS, HOUR_MS);
    expect(scale?.gain).toBeGreaterThan(1.8);
    expect(scale?.gain).toBeLessThan(2.2);
  });

  it('is null without two days in common, and for a series that does not vary', () => {
    const donor = new Map(OWN);
    expect(donorScale(OWN, donor, START_MS + 2 * DAY_MS, HOUR_MS)).not.toBeNull();
    expect(donorScale(OWN, donor, START_MS + 2 * DAY_MS - HOUR_MS, HOUR_MS)).toBeNull();
    const flat = new Map([...OWN].map(([timeMs]) => [timeMs, 700]));
    expect(donorScale(OWN, flat, END_MS, HOUR_MS)).toBeNull();
    expect(donorScale(flat, OWN, END_MS, HOUR_MS)).toBeNull();
  });
});

describe('scaleEvents and scaleProfile', () => {
  it('rescale demand and its limits, and nothing else', () => {
    const [first] = scaleEvents(eventsOf('donor', { fromHour: 0, untilHour: 1 }), {
      gain: 0.5,
      offsetMw: 10,
    });
    const [raw] = eventsOf('donor', { fromHour: 0, untilHour: 1 });
    if (first?.type !== 'demand' || raw?.type !== 'demand') throw new Error('no demand');
    expect(first).toEqual({ ...raw, demandMw: 0.5 * raw.demandMw + 10 });
    const profile = profileOf('donor', { limits: { minMw: 0, maxMw: 1000, maxRampMwPerHour: Infinity } });
    const scaled = scaleProfile(profile, { gain: 0.5, offsetMw: 10 });
    expect(scaled).toEqual({ ...profile, limits: { minMw: 10, maxMw: 510, maxRampMwPerHour: Infinity } });
  });
});
