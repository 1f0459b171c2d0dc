import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ALERT_LIMITS } from '../../src/accuracy/alert-limits.js';
import { ZoneAlerts } from '../../src/accuracy/alerts.js';
import type { Accuracy } from '../../src/contracts/records.js';
import { MINUTE_MS } from '../../src/contracts/time.js';

const limits = { ...DEFAULT_ALERT_LIMITS, mapePercent: 3 };

function row(mape: number, overrides: Partial<Accuracy> = {}): Accuracy {
  const at = '2026-01-01T00:00:00.000Z';
  return {
    zone: 'Z',
    horizonMinutes: 60,
    window: '24h',
    at,
    n: 100,
    mape,
    bias: 0,
    coverage80: 80,
    skill: 0.5,
    ...overrides,
  };
}

describe('ZoneAlerts', () => {
  it('raises once above the threshold and resolves once clearly below it', () => {
    const alerts = new ZoneAlerts('Z', limits);
    const states = [2.9, 3.1, 4, 2.95, 3.05, 2.6, 2.5, 3.2].map((mape) =>
      alerts.accuracy([row(mape)], 0).map((a) => a.state),
    );
    expect(states).toEqual([[], ['raised'], [], [], [], ['resolved'], [], ['raised']]);
  });

  it('ignores other windows, longer horizons, other zones and thin samples', () => {
    const alerts = new ZoneAlerts('Z', limits);
    const rows = [
      row(9, { window: '1h' }),
      row(9, { horizonMinutes: 120 }),
      row(9, { zone: 'Y' }),
      row(9, { n: 3 }),
    ];
    expect(alerts.accuracy(rows, 0)).toEqual([]);
  });

  it('says when demand is late and when it is back', () => {
    const alerts = new ZoneAlerts('Z', limits);
    const late = 15 * MINUTE_MS;
    expect(alerts.demandAge(10 * MINUTE_MS, late, 0)).toEqual([]);
    const [raised] = alerts.demandAge(Infinity, late, 0);
    expect(raised).toMatchObject({
      id: 'demand_late/Z/age',
      kind: 'demand_late',
      state: 'raised',
      value: null,
      threshold: 15,
    });
    expect(alerts.open()).toEqual([raised]);
    expect(alerts.demandAge(5 * MINUTE_MS, late, 0)[0]?.state).toBe('resolved');
    expect(alerts.open()).toEqual([]);
  });

  it('does not raise again what an earlier run raised', () => {
    const first = new ZoneAlerts('Z', limits);
    const published = first.accuracy([row(5)], 0);
    const second = new ZoneAlerts('Z', limits);
    published.forEach((alert) => second.restore(alert));
    expect(second.accuracy([row(5)], 0)).toEqual([]);
  });

  it('alternates raised and resolved for any series of values', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 6, noNaN: true })), (values) => {
        const alerts = new ZoneAlerts('Z', limits);
        const states = values.flatMap((mape) => alerts.accuracy([row(mape)], 0)).map((alert) => alert.state);
        expect(states).toEqual(states.map((_, i) => (i % 2 === 0 ? 'raised' : 'resolved')));
      }),
    );
  });

  const week = (coverage80: number, bias = 0, n = 2016, banded = n) => ({
    accuracy: row(1, { window: '7d', coverage80, bias, n }),
    meanActualMw: 1000,
    errorSdMw: 10,
    banded,
  });
  const statesOf = (alerts: ZoneAlerts, score: ReturnType<typeof week>) =>
    alerts.calibration([score], 5 * MINUTE_MS, 0).map(({ kind, state }) => `${kind} ${state}`);

  it('raises lost coverage on either side, and resolves it two points inside', () => {
    const alerts = new ZoneAlerts('Z', limits);
    const low = [75, 69, 71, 73].map((coverage) => statesOf(alerts, week(coverage)));
    expect(low).toEqual([[], ['coverage raised'], [], ['coverage resolved']]);
    expect(statesOf(alerts, week(95))).toEqual(['coverage raised']);
  });

  it('takes few independent hours for chance', () => {
    expect(statesOf(new ZoneAlerts('Z', limits), week(62, 0, 100))).toEqual([]);
  });

  it('does not judge the first bands by the fallbacks before them', () => {
    expect(statesOf(new ZoneAlerts('Z', limits), week(100, 0, 2016, 8))).toEqual([]);
    expect(statesOf(new ZoneAlerts('Z', limits), week(100, 0, 2016, 1200))).toEqual(['coverage raised']);
  });

  it('raises a bias beyond 1.5 % of demand and resolves it', () => {
    const alerts = new ZoneAlerts('Z', limits);
    const states = [10, -16, -14, -12].map((bias) => statesOf(alerts, week(80, bias)));
    expect(states).toEqual([[], ['bias raised'], [], ['bias resolved']]);
  });

  it('judges coverage and bias by the limits it was given', () => {
    const strict = { ...limits, coverageMinPercent: 75, coverageMaxPercent: 85, biasPercent: 0.5 };
    const raisedBy = (given: typeof limits, coverage: number, bias: number) =>
      new ZoneAlerts('Z', given)
        .calibration([week(coverage, bias, 20_160)], 5 * MINUTE_MS, 0)
        .map(({ kind, value, threshold }) => ({ kind, value, threshold }));
    expect(raisedBy(limits, 72, 8)).toEqual([]);
    expect(raisedBy(strict, 72, 8)).toEqual([
      { kind: 'coverage', value: 72, threshold: 75 },
      { kind: 'bias', value: 0.8, threshold: 0.5 },
    ]);
    expect(raisedBy(limits, 88, 0)).toEqual([]);
    expect(raisedBy(strict, 88, 0)).toEqual([{ kind: 'coverage', value: 88, threshold: 85 }]);
  });
});
