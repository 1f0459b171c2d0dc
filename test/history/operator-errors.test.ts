import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/contracts/time.js';
import type { HistoryStore, HistoryWrite, OperatorPoint } from '../../src/history/history-store.js';
import { comparableHorizon, operatorErrors } from '../../src/history/operator-errors.js';
import { OperatorScorer } from '../../src/history/operator-scorer.js';
import { T0 } from '../contract/history-contract/samples.js';

const STEP_MS = 30 * MINUTE_MS;

function pointOf(leadMinutes: number, more: Partial<OperatorPoint> = {}): OperatorPoint {
  return {
    timeMs: T0,
    product: 'day-ahead',
    stepMinutes: 60,
    demandMw: 1050,
    issuedAtMs: null,
    availableAtMs: T0 - leadMinutes * MINUTE_MS,
    source: 'test',
    ...more,
  };
}

const curve = (...mws: number[]): Map<number, number> =>
  new Map(mws.map((mw, i) => [T0 + i * STEP_MS, mw] as const));

describe("errors of operators' forecasts", () => {
  it('are set beside a nowcast that was made before the value could be known', () => {
    const horizons = [30, 60, 120, 1440];
    // The last half hour of the interval begins 30 min into it, and its nowcast knows demand up to 30 min after its origin.
    expect(comparableHorizon(pointOf(60), horizons)).toBe(120);
    expect(comparableHorizon(pointOf(61), horizons)).toBe(1440);
    expect(comparableHorizon(pointOf(-45), horizons)).toBe(30);
    expect(comparableHorizon(pointOf(0, { stepMinutes: 30 }), horizons)).toBe(30);
  });

  it('are set beside the longest horizon where none reaches as far', () => {
    expect(comparableHorizon(pointOf(30 * 60), [30, 1440])).toBe(1440);
    expect(comparableHorizon(pointOf(30), [])).toBeNull();
  });

  it('are those of means over the same interval', () => {
    const errors = operatorErrors({
      zone: 'Z',
      stepMs: STEP_MS,
      horizonsMinutes: [60, 120],
      forecasts: [pointOf(60)],
      actual: curve(990, 1010),
      nowcasts: new Map([
        [60, curve(1, 1)],
        [120, curve(960, 1000)],
      ]),
    });
    expect(errors).toEqual([
      {
        zone: 'Z',
        product: 'day-ahead',
        timeMs: T0,
        leadMinutes: 60,
        horizonMinutes: 120,
        operatorErrorMw: 50,
        nowcastErrorMw: -20,
        actualMw: 1000,
      },
    ]);
  });

  it.each([
    ['an actual is missing', curve(1000), curve(1000, 1000), 60],
    ['a nowcast is missing', curve(1000, 1000), curve(1000), 60],
    ['the interval is no whole number of steps', curve(1000, 1000), curve(1000, 1000), 45],
    ['there is nothing to be a share of', curve(-5, 5), curve(1000, 1000), 60],
  ])('are left out where %s', (_why, actual, nowcast, stepMinutes) => {
    const forecasts = [pointOf(0, { stepMinutes })];
    const nowcasts = new Map([[60, nowcast]]);
    const inputs = { zone: 'Z', stepMs: STEP_MS, horizonsMinutes: [60], forecasts, actual, nowcasts };
    expect(operatorErrors(inputs)).toEqual([]);
  });
});

describe("the scorer of operators' forecasts", () => {
  /** A history of one zone, with an operator's value for each of 48 hours; says what was asked and written. */
  class History {
    readonly written: HistoryWrite[] = [];
    readonly asked: number[] = [];
    fails = false;
    demand = (zone: string, { limit }: { limit?: number }) => {
      if (this.fails) return Promise.reject(new Error('away'));
      const all = Array.from({ length: 96 }, (_, i) => ({ timeMs: T0 + i * STEP_MS, demandMw: 1000 }));
      return Promise.resolve(zone === 'Z' ? all.slice(limit === undefined ? 0 : -limit) : []);
    };
    demandForecasts = (_zone: string, { fromMs, toMs }: { fromMs: number; toMs: number }) => {
      this.asked.push((toMs - fromMs) / HOUR_MS);
      const all = Array.from({ length: 48 }, (_, i) => pointOf(0, { timeMs: T0 + i * HOUR_MS }));
      return Promise.resolve(all.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs));
    };
    nowcasts = () =>
      Promise.resolve(Array.from({ length: 96 }, (_, i) => ({ timeMs: T0 + i * STEP_MS, mw: 990 })));
    write = (batch: HistoryWrite) => Promise.resolve(void this.written.push(batch));
  }

  function scorerOf(history: History, lost: string[]): OperatorScorer {
    return new OperatorScorer({
      history: history as unknown as HistoryStore,
      zones: () => ['unknown', 'Z'],
      profileOf: () => ({ stepMs: STEP_MS, horizonsMinutes: [60, 1440] }),
      onLost: (message) => void lost.push(message),
    });
  }

  it('looks back over days at first, then over what may still change, up to the newest demand', async () => {
    const [history, lost] = [new History(), [] as string[]];
    const scorer = scorerOf(history, lost);
    await scorer.score();
    await scorer.score();
    expect(history.asked).toEqual([8 * 24, 26]);
    expect(history.written.map(({ operatorErrors: errors }) => errors?.length)).toEqual([48, 26]);
    expect(history.written[0]?.operatorErrors?.[0]).toMatchObject({
      operatorErrorMw: 50,
      nowcastErrorMw: -10,
    });
    expect(lost).toEqual([]);
  });

  it('goes on after a round in which the history was away', async () => {
    const [history, lost] = [new History(), [] as string[]];
    const scorer = scorerOf(history, lost);
    history.fails = true;
    await scorer.score();
    expect(lost).toEqual([expect.stringContaining('away')]);
    history.fails = false;
    await scorer.score();
    expect(history.asked).toEqual([8 * 24]);
  });
});
