import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../src/contracts/time.js';
import { BandTracker } from '../../src/nowcast/band-tracker.js';
import { compose } from '../../src/nowcast/compose.js';
import { issuedColumns } from '../../src/nowcast/issued-columns.js';
import { columnsOf, issuedEarlier } from '../../src/nowcast/issued-earlier.js';
import { decodeBands, encodeBands } from '../../src/nowcast/nowcast-headers.js';
import type { ModelAnswer, NowcastRequest } from '../../src/nowcast/request.js';
import type { Nowcast } from '../../src/contracts/records.js';
import { seededRandom } from '../../src/train/random.js';

const STEP_MS = 5 * MINUTE_MS;
const ORIGIN = Date.UTC(2019, 5, 12);
const HORIZONS = [5, 15];
const QUANTILES = [0.05, 0.25, 0.75, 0.95];
const ANSWER: ModelAnswer = {
  version: 'm1',
  horizonsMinutes: HORIZONS,
  scaleMw: [10, 20],
  p10Mw: [-1, -2],
  p90Mw: [1, 3],
  output: Float32Array.of(0.5, -0.1, 0.2, -0.25, -0.3, 0.1),
};

const requestOf = (originMs: number): NowcastRequest => ({
  zone: 'TEST',
  originMs,
  anchorMs: originMs,
  asOfMs: originMs + STEP_MS,
  revision: 0,
  horizonsMinutes: HORIZONS,
  latestDemandMw: 20_000,
  demandAgeMs: 0,
  weatherAgeMs: null,
  reasons: [],
  modelUsable: true,
  firstRow: 0,
  baselineMw: Float64Array.of(20_000.1234, 20_000.5678),
  baselineKind: 'ramp',
  trigger: null,
});

const issued = (tracker: BandTracker, originMs: number): Nowcast => {
  const nowcast = compose(requestOf(originMs), ANSWER, (begin, at) => tracker.correction(begin, at));
  if (nowcast === null) throw new Error('no nowcast');
  const { quantiles, ...columns } = issuedColumns(nowcast, HORIZONS, null);
  tracker.issued({
    ...columns,
    p10: columns.p10 ?? [],
    p90: columns.p90 ?? [],
    quantiles,
  });
  return nowcast;
};

describe('records with further quantiles', () => {
  it('are, without any, what they were: no field more, no header more', () => {
    const tracker = new BandTracker(STEP_MS, HORIZONS);
    const plain = compose(requestOf(ORIGIN), ANSWER);
    expect(JSON.stringify(issued(tracker, ORIGIN))).toBe(JSON.stringify(plain));
    expect(Object.keys(plain?.steps[0] ?? {})).toEqual(['target', 'horizonMinutes', 'mw', 'p10', 'p90']);
    expect(Object.keys(encodeBands(tracker.save()))).toEqual(['bands', 'error-memory']);
  });

  it('have them beside the same P10, P50 and P90, ascending, to the watt', () => {
    const plain = compose(requestOf(ORIGIN), ANSWER);
    const nowcast = issued(new BandTracker(STEP_MS, HORIZONS, QUANTILES), ORIGIN);
    const bare = nowcast.steps.map(({ quantiles: _quantiles, ...step }) => step);
    expect(JSON.stringify({ ...nowcast, steps: bare })).toBe(JSON.stringify(plain));
    for (const { mw, p10, p90, quantiles = [] } of nowcast.steps) {
      expect(quantiles.map(({ q }) => q)).toEqual(QUANTILES);
      const [p05, p25, p75, p95] = quantiles.map((one) => one.mw);
      const all = [p05, p10, p25, mw, p75, p90, p95].map(Number);
      expect(all).toEqual([...all].sort((a, b) => a - b));
      expect(all).toEqual(all.map((value) => Math.round(value * 1000) / 1000));
      expect(new Set(all).size).toBe(7);
    }
  });

  it('have none where there is no band', () => {
    const tracker = new BandTracker(STEP_MS, HORIZONS, QUANTILES);
    const nowcast = compose(requestOf(ORIGIN), null, (begin, at) => tracker.correction(begin, at));
    expect(nowcast?.steps.map((step) => [step.p10, step.quantiles])).toEqual([
      [null, undefined],
      [null, undefined],
    ]);
    expect(JSON.stringify(nowcast)).not.toContain('quantiles');
  });

  it('bring a tracker that reads them back to the same numbers', () => {
    const random = seededRandom(5);
    const whole = new BandTracker(STEP_MS, HORIZONS, QUANTILES);
    const log: { nowcast: Nowcast; headers: Record<string, string>; actualMw: number }[] = [];
    const originOf = (i: number) => ORIGIN + i * STEP_MS;
    for (let i = 0; i < 300; i += 1) {
      const actualMw = 20_000 + 40 * (random() - 0.5);
      whole.observed(originOf(i), actualMw);
      const nowcast = issued(whole, originOf(i));
      log.push({ nowcast, headers: i === 200 ? encodeBands(whole.save()) : {}, actualMw });
    }
    const again = new BandTracker(STEP_MS, HORIZONS, QUANTILES);
    log.forEach(({ nowcast, headers, actualMw }, i) => {
      again.observed(originOf(i), actualMw);
      const read = JSON.parse(JSON.stringify(nowcast)) as Nowcast;
      const kept = issuedEarlier(read, headers, { minutes: HORIZONS, at: [0, 1] }, true);
      const { quantiles, originMs, mw, p10, p90 } = columnsOf(kept);
      again.issued({ originMs, mw, p10: p10 ?? [], p90: p90 ?? [], quantiles });
      if (kept.bandState !== null) again.load(kept.bandState);
    });
    expect(again.save()).toEqual(whole.save());
    expect(issued(again, originOf(300))).toEqual(issued(whole, originOf(300)));
  });

  it('have a state that is read back from its headers exactly, and from those of before', () => {
    const tracker = new BandTracker(STEP_MS, HORIZONS, QUANTILES);
    issued(tracker, ORIGIN);
    tracker.observed(ORIGIN + STEP_MS, 20_100);
    expect(decodeBands(encodeBands(tracker.save()))).toEqual(tracker.save());
    const { bands } = encodeBands(tracker.save());
    expect(decodeBands({ bands: bands ?? '' })).toEqual({
      bands: tracker.save().bands,
      quantiles: null,
      errors: null,
    });
    expect(decodeBands({})).toBeNull();
  });
});
