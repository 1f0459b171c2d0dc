import { describe, expect, it } from 'vitest';
import { toIso } from '../../src/contracts/time.js';
import { compose } from '../../src/nowcast/compose.js';
import type { ModelAnswer, NowcastRequest } from '../../src/nowcast/request.js';
import { minuteIso } from '../../src/nowcast/target-times.js';

const ORIGIN = Date.UTC(2019, 5, 12, 23, 50);
const request: NowcastRequest = {
  zone: 'TEST',
  originMs: ORIGIN,
  anchorMs: ORIGIN,
  asOfMs: ORIGIN + 300_123,
  revision: 2,
  horizonsMinutes: [5, 15],
  latestDemandMw: 100.00049,
  demandAgeMs: 123,
  weatherAgeMs: null,
  reasons: [],
  modelUsable: true,
  firstRow: 1,
  baselineMw: Float64Array.of(100, 200),
  baselineKind: 'ramp',
  trigger: null,
};
const answer: ModelAnswer = {
  version: 'm1',
  horizonsMinutes: [5, 10, 15],
  scaleMw: [10, 99, 20],
  p10Mw: [-1, 0, -2],
  p90Mw: [1, 0, 3],
  output: Float32Array.of(9, 9, 9, 0.5, -0.1, 0.2, -0.25, 0, 0.1),
};

describe('compose', () => {
  it('adds the scaled output to the baseline, horizon by horizon', () => {
    expect(compose(request, answer)).toEqual({
      zone: 'TEST',
      origin: '2019-06-12T23:50:00.000Z',
      issuedAt: '2019-06-12T23:55:00.123Z',
      modelVersion: 'm1',
      revision: 2,
      quality: 'ok',
      reasons: [],
      latestDemandMw: 100,
      inputs: { demandAgeMs: 123, weatherAgeMs: null },
      steps: [
        { target: '2019-06-12T23:55:00.000Z', horizonMinutes: 5, mw: 105, p10: 103, p90: 108 },
        { target: '2019-06-13T00:05:00.000Z', horizonMinutes: 15, mw: 195, p10: 193, p90: 200 },
      ],
    });
  });

  it('is degraded when inputs are', () => {
    expect(compose({ ...request, reasons: ['weather_stale'] }, answer)).toMatchObject({
      quality: 'degraded',
      reasons: ['weather_stale'],
      modelVersion: 'm1',
    });
  });

  it.each([
    ['no model answered', {}, null, 'baseline:ramp', ['no_model']],
    [
      'the inputs are too thin',
      { modelUsable: false, firstRow: -1, reasons: ['history_short'], baselineKind: 'persistence' as const },
      answer,
      'baseline:persistence',
      ['history_short'],
    ],
    [
      'the model lacks a horizon',
      {},
      { ...answer, horizonsMinutes: [5, 10] },
      'baseline:ramp',
      ['model_mismatch'],
    ],
    [
      'the output is not a number',
      {},
      { ...answer, output: Float32Array.of(0, Number.NaN, 0) },
      'baseline:ramp',
      ['model_output_invalid'],
    ],
    [
      'the output is infinite',
      {},
      { ...answer, output: Float32Array.of(0, 0, Number.POSITIVE_INFINITY) },
      'baseline:ramp',
      ['model_output_invalid'],
    ],
    [
      'the output is too short',
      {},
      { ...answer, output: Float32Array.of(0, 1) },
      'baseline:ramp',
      ['model_output_invalid'],
    ],
    ['the bands are missing', {}, { ...answer, p10Mw: [] }, 'baseline:ramp', ['model_output_invalid']],
  ])('falls back, labelled and without a band, when %s', (_, change, given, modelVersion, reasons) => {
    const nowcast = compose({ ...request, ...change }, given);
    expect(nowcast).toMatchObject({ quality: 'fallback', modelVersion, reasons });
    expect(nowcast?.steps.map(({ mw, p10, p90 }) => [mw, p10, p90])).toEqual([
      [100, null, null],
      [200, null, null],
    ]);
  });

  it('keeps the reasons of the inputs beside the reason of the fallback', () => {
    expect(compose({ ...request, reasons: ['demand_late'] }, null)?.reasons).toEqual([
      'demand_late',
      'no_model',
    ]);
  });

  it('invents no number', () => {
    expect(compose({ ...request, baselineMw: Float64Array.of(100, Number.NaN) }, null)).toBeNull();
  });
});

describe('minuteIso', () => {
  it('writes what toIso writes', () => {
    for (let t = ORIGIN; t < ORIGIN + 400 * 86_400_000; t += 47 * 60_000 * 31)
      expect(minuteIso(t)).toBe(toIso(t));
    expect(minuteIso(ORIGIN + 1)).toBe(toIso(ORIGIN + 1));
    expect(minuteIso(-60_000)).toBe(toIso(-60_000));
  });
});
