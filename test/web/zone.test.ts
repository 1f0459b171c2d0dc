import { describe, expect, it } from 'vitest';
import type { Accuracy } from '../../src/contracts/generated/accuracy.js';
import type { FeedDemand, FeedNowcast } from '../../src/contracts/generated/feed-server-message.js';
import { predictedOf } from '../../src/web/state/zone-series.js';
import {
  applyDemand,
  applyNowcast,
  applyScore,
  demandEndMs,
  isSimulated,
  latestMw,
  newZoneView,
  nextHour,
  pathPeak,
  scoreOf,
  scoresOf,
  shownHorizon,
  unknownZoneInfo,
} from '../../src/web/state/zone.js';

const ORIGIN = '2025-03-04T12:00:00.000Z';
const ORIGIN_MS = Date.parse(ORIGIN);
const MINUTE_MS = 60_000;

function nowcast(overrides: Partial<FeedNowcast> = {}, mw = 1000): FeedNowcast {
  const originMs = Date.parse(overrides.origin ?? ORIGIN);
  const step = (horizonMinutes: number, value: number): FeedNowcast['steps'][number] => ({
    target: new Date(originMs + horizonMinutes * MINUTE_MS).toISOString(),
    horizonMinutes,
    mw: value,
    p10: value - 10,
    p90: value + 10,
  });
  return {
    zone: 'Z',
    origin: ORIGIN,
    issuedAt: new Date(originMs + 6 * MINUTE_MS).toISOString(),
    modelVersion: 'v1',
    revision: 0,
    quality: 'ok',
    reasons: [],
    latestDemandMw: 990,
    inputs: { demandAgeMs: MINUTE_MS, weatherAgeMs: null },
    steps: [step(5, mw), step(60, mw + 20), step(1440, mw + 5)],
    ...overrides,
  };
}

function demand(validTime: string, demandMw: number, source = 'simulator'): FeedDemand {
  return {
    zone: 'Z',
    kind: 'actual',
    validTime,
    stepMinutes: 5,
    demandMw,
    availableAt: validTime,
    source,
    revision: 0,
  };
}

const view = (): ReturnType<typeof newZoneView> => newZoneView(unknownZoneInfo('Z', 5));

describe('what the page knows of a zone', () => {
  it('keeps the latest nowcast, by origin and then by revision', () => {
    const zone = view();
    expect(applyNowcast(zone, nowcast({ revision: 1 }))).toBe(true);
    expect(applyNowcast(zone, nowcast({ revision: 0 }))).toBe(false);
    expect(applyNowcast(zone, nowcast({ origin: '2025-03-04T11:55:00.000Z', revision: 5 }))).toBe(false);
    expect(zone.nowcast?.revision).toBe(1);
    expect(applyNowcast(zone, nowcast({ origin: '2025-03-04T12:05:00.000Z' }))).toBe(true);
  });

  it('remembers what each nowcast said about the next hour, also those that came late', () => {
    const zone = view();
    applyNowcast(zone, nowcast());
    applyNowcast(zone, nowcast({ origin: '2025-03-04T11:55:00.000Z' }, 900));
    expect(zone.predicted.get(60)?.values.map(({ mw }) => mw)).toEqual([920, 1020]);
  });

  it('remembers other horizons only once they were asked for', () => {
    const zone = view();
    applyNowcast(zone, nowcast());
    expect([...zone.predicted.keys()]).toEqual([60]);
    predictedOf(zone, 5);
    applyNowcast(zone, nowcast({ origin: '2025-03-04T12:05:00.000Z' }));
    expect(zone.predicted.get(5)?.values).toEqual([{ mw: 1000, p10: 990, p90: 1010, modelVersion: 'v1' }]);
  });

  it('keeps the latest score of each window and horizon', () => {
    const zone = view();
    const score = (window: '24h' | '7d', horizonMinutes: number, mape: number): Accuracy => ({
      zone: 'Z',
      horizonMinutes,
      window,
      at: ORIGIN,
      n: 20,
      mape,
      bias: 0,
      coverage80: null,
      skill: null,
    });
    for (const one of [score('24h', 60, 2), score('24h', 5, 1), score('7d', 5, 3), score('24h', 60, 4)]) {
      applyScore(zone, one);
    }
    expect(scoresOf(zone, '24h').map(({ mape }) => mape)).toEqual([1, 4]);
    expect(scoreOf(zone, '7d', 5)?.mape).toBe(3);
    expect(scoreOf(zone, '1h', 5)).toBeNull();
  });

  it('shows the wanted horizon, or the next longer one that the zone has', () => {
    const zone = newZoneView({ ...unknownZoneInfo('Z', 15), horizonsMinutes: [15, 60, 180] });
    expect([5, 15, 100, 1440].map((minutes) => shownHorizon(zone, minutes))).toEqual([15, 15, 180, 180]);
    expect(shownHorizon(view(), 60)).toBe(60);
  });

  it('takes corrections of demand and knows where its demand ends', () => {
    const zone = view();
    expect([demandEndMs(zone), latestMw(zone)]).toEqual([null, null]);
    applyNowcast(zone, nowcast());
    expect([demandEndMs(zone), latestMw(zone)]).toEqual([ORIGIN_MS + 5 * MINUTE_MS, 990]);
    applyDemand(zone, demand(ORIGIN, 991));
    applyDemand(zone, demand(ORIGIN, 995));
    expect([zone.demand.length, latestMw(zone)]).toEqual([1, 995]);
    expect(demandEndMs(zone)).toBe(ORIGIN_MS + 5 * MINUTE_MS);
  });

  it('reads the next hour and the peak off the path', () => {
    const zone = view();
    expect([nextHour(zone), pathPeak(zone)]).toEqual([null, null]);
    applyNowcast(zone, nowcast());
    expect(nextHour(zone)).toMatchObject({ mw: 1020, horizonMinutes: 60 });
    expect(pathPeak(zone)?.mw).toBe(1020);
  });

  it('is simulated only when its demand says so', () => {
    const zone = view();
    expect(isSimulated(zone)).toBe(false);
    applyDemand(zone, demand(ORIGIN, 1, 'caiso-outlook'));
    expect(isSimulated(zone)).toBe(false);
    applyDemand(zone, demand(ORIGIN, 1, 'simulator'));
    expect(isSimulated(zone)).toBe(true);
  });
});
