import { describe, expect, it } from 'vitest';
import { type AlertLimits, DEFAULT_ALERT_LIMITS } from '../../src/accuracy/alert-limits.js';
import type { HeldOutErrorOf } from '../../src/accuracy/drift-monitor.js';
import { trainingRequestOf, ZoneAlerts } from '../../src/accuracy/alerts.js';
import { ZoneAccuracy } from '../../src/accuracy/zone-accuracy.js';
import type { Alert } from '../../src/contracts/records.js';
import { HOUR_MS } from '../../src/contracts/time.js';
import { generator } from './generator.js';

const HORIZONS = [60, 120];
const LIMITS: AlertLimits = { ...DEFAULT_ALERT_LIMITS, mapePercent: 1000 };

interface Versions {
  /** Version in service in an hour. */
  readonly at: (hour: number) => string;
  readonly heldOutErrorOf?: HeldOutErrorOf;
  readonly limits?: Partial<AlertLimits>;
}
const ONE_VERSION: Versions = { at: () => 'v1' };

/** Alerts of a zone whose errors change their size and level at an hour. */
function alertsOf(
  seed: number,
  hours: number,
  errorMw: (hour: number, noise: number) => number,
  versions = ONE_VERSION,
): Alert[] {
  const normal = generator(seed);
  const { heldOutErrorOf } = versions;
  const heldOut = heldOutErrorOf === undefined ? {} : { heldOutErrorOf };
  const zone = new ZoneAccuracy(
    { zone: 'Z', stepMs: HOUR_MS, horizonsMinutes: HORIZONS },
    { accuracy: { horizonsMinutes: null }, limitsOf: () => ({ ...LIMITS, ...versions.limits }), ...heldOut },
  );
  const alerts = new ZoneAlerts('Z', LIMITS);
  const raised: Alert[] = [];
  for (let hour = 0; hour < hours; hour++) {
    const scored = zone.observed(hour * HOUR_MS, 1000, (hour + 1) * HOUR_MS);
    if (scored !== null) raised.push(...alerts.drift(scored.drift, (hour + 1) * HOUR_MS));
    const mw = 1000 + errorMw(hour, normal());
    const columns = { mw: [mw, mw], p10: null, p90: null, ramp24hMw: null };
    const modelVersion = versions.at(hour);
    zone.issued({ originMs: hour * HOUR_MS, modelVersion, horizonsMinutes: HORIZONS, ...columns });
  }
  return raised;
}

const CHANGE = 20 * 24;
const hoursAfter = (alert: Alert | undefined): number => Date.parse(alert?.at ?? '') / HOUR_MS - CHANGE;

describe('drift', () => {
  it('is found within two days when errors double, once, and asks for one training', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const alerts = alertsOf(seed, CHANGE + 72, (hour, noise) => (hour < CHANGE ? 10 : 20) * noise);
      expect(alerts.map(({ state }) => state)).toEqual(['raised']);
      expect(hoursAfter(alerts[0])).toBeGreaterThan(0);
      expect(hoursAfter(alerts[0])).toBeLessThan(48);
      expect(alerts.map(trainingRequestOf)).toEqual([
        {
          id: `drift/Z/${alerts[0]?.at}`,
          zones: ['Z'],
          kind: 'drift',
          requestedAt: alerts[0]?.at,
          requestedBy: 'drift',
        },
      ]);
    }
  });

  it('is found within two days when a bias of one deviation appears', () => {
    const alerts = alertsOf(6, CHANGE + 72, (hour, noise) => 10 * noise + (hour < CHANGE ? 0 : 10));
    expect(alerts.map(({ state }) => state)).toEqual(['raised']);
    expect(hoursAfter(alerts[0])).toBeLessThan(48);
  });

  it('ends once errors are usual again', () => {
    const alerts = alertsOf(7, CHANGE + 200, (hour, noise) =>
      hour < CHANGE || hour > CHANGE + 40 ? 10 * noise : 40 * noise,
    );
    expect(alerts.map(({ state }) => state)).toEqual(['raised', 'resolved']);
  });

  it('is hardly ever found where nothing changes: at most one alarm in a zone-year', () => {
    const years = 10;
    let raised = 0;
    for (let seed = 0; seed < years; seed++) {
      let error = 0;
      // Autoregressive: correlated by 0.37 from hour to hour.
      raised += alertsOf(100 + seed, 365 * 24, (_, noise) => (error = 0.37 * error + 9 * noise)).filter(
        ({ state }) => state === 'raised',
      ).length;
    }
    expect(raised / years).toBeLessThanOrEqual(1);
  });

  it('is not the swap to a better model: a bias that goes away, or turns round', () => {
    const at = (hour: number): string => (hour < CHANGE ? 'biased' : 'other');
    for (const after of [0, 20]) {
      const alerts = alertsOf(11, CHANGE + 200, (hour, noise) => 10 * noise + (hour < CHANGE ? -20 : after), {
        at,
      });
      expect(alerts).toEqual([]);
    }
    const worse = alertsOf(11, CHANGE + 72, (hour, noise) => 10 * noise + (hour < CHANGE ? -20 : -40), {
      at,
    });
    expect(worse.map(({ state }) => state)).toEqual(['raised']);
  });

  it('is not what a model of a larger held-out error does, but is what goes beyond it', () => {
    const at = (hour: number): string => (hour < CHANGE ? 'v1' : 'v2');
    const doubled = (hour: number, noise: number): number => (hour < CHANGE ? 10 : 20) * noise;
    const heldOut = (errors: Record<string, number>): Versions => ({
      at,
      heldOutErrorOf: (version) => errors[version] ?? null,
    });
    for (const seed of [1, 2, 3, 4, 5]) {
      const states = (versions: Versions, errorMw = doubled) =>
        alertsOf(seed, CHANGE + 72, errorMw, versions).map(({ state }) => state);
      expect(states(heldOut({ v1: 0.008, v2: 0.016 }))).toEqual([]);
      // Neither a model that promised no more nor one that promised less, nor one that says nothing, is let off.
      expect(states(heldOut({ v1: 0.008, v2: 0.008 }))).toEqual(['raised']);
      expect(states(heldOut({ v1: 0.008, v2: 0.004 }))).toEqual(['raised']);
      expect(states(heldOut({ v1: 0.008 }))).toEqual(['raised']);
      const fourfold = (hour: number, noise: number): number => (hour < CHANGE ? 10 : 40) * noise;
      expect(states(heldOut({ v1: 0.008, v2: 0.016 }), fourfold)).toEqual(['raised']);
    }
  });

  it('is found sooner with a lower limit, and not at all where the change is allowed', () => {
    const doubled = (hour: number, noise: number): number => (hour < CHANGE ? 10 : 20) * noise;
    const foundAfter = (limits: Partial<AlertLimits>) =>
      hoursAfter(alertsOf(1, CHANGE + 72, doubled, { ...ONE_VERSION, limits })[0]);
    expect(foundAfter({ driftLimit: 6 })).toBeLessThan(foundAfter({}));
    expect(foundAfter({ driftAllowance: 3 })).toBeNaN();
  });
});
