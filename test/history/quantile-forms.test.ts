import { describe, expect, it } from 'vitest';
import { quantileField, quantileFields, quantilesOf } from '../../src/history/influx-quantiles.js';
import { decodePath, encodePath } from '../../src/history/path-codec.js';
import { nowcastOf, T0, withoutBand, withQuantiles } from '../contract/history-contract/samples.js';

describe('the fields of further quantiles in InfluxDB', () => {
  it('are named as P10 and P90 are', () => {
    expect([0.005, 0.05, 0.25, 0.5, 0.975].map(quantileField)).toEqual([
      'p00_5',
      'p05',
      'p25',
      'p50',
      'p97_5',
    ]);
    expect(quantileFields([{ q: 0.05, mw: -1.5 }])).toBe(',p05=-1.5');
  });

  it('give back every quantile that can be configured', () => {
    for (let thousandths = 5; thousandths <= 995; thousandths += 1) {
      const q = thousandths / 1000;
      if (q === 0.1 || q === 0.9) continue;
      expect(quantilesOf({ [quantileField(q)]: 7 })).toEqual({ quantiles: [{ q, mw: 7 }] });
    }
  });

  it('are told from what else a row has', () => {
    expect(quantilesOf({ time: 1, mw: 2, p10: 3, p90: 4, banded: true, p05: null, model: 'p25' })).toEqual(
      {},
    );
    expect(quantilesOf({ p97_5: 2, p10: 3, p05: 1 })).toEqual({
      quantiles: [
        { q: 0.05, mw: 1 },
        { q: 0.975, mw: 2 },
      ],
    });
  });
});

describe('the stored path', () => {
  it('keeps its form where there are no further quantiles', () => {
    const path = encodePath(nowcastOf('Z', T0));
    const bytes = 40 + 3 * (4 + 3 * 8) + 2 + 'gbdt-1'.length + 4;
    expect([path[0], path.length]).toEqual([1, bytes]);
  });

  it('keeps further quantiles, steps without any included', () => {
    const nowcast = withQuantiles(nowcastOf('Z', T0, { reasons: ['weather_stale'] }), [0.05, 0.95]);
    const [first, , ...rest] = nowcast.steps;
    const [, plain] = withoutBand(nowcastOf('Z', T0)).steps;
    if (plain === undefined) throw new Error('too few steps');
    const mixed = { ...nowcast, steps: [first, plain, ...rest] as typeof nowcast.steps };
    for (const one of [nowcast, mixed]) {
      const path = encodePath(one);
      expect(path[0]).toBe(2);
      expect(decodePath('Z', T0, path)).toEqual(one);
    }
  });
});
