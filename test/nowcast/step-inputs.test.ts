import { beforeEach, describe, expect, it } from 'vitest';
import { FEATURE_COUNT, featureIndex } from '../../src/features/feature-names.js';
import { REASONS } from '../../src/nowcast/reasons.js';
import type { NowcastRequest } from '../../src/nowcast/request.js';
import {
  DAY,
  HOUR,
  MINUTE,
  demandEvent,
  forecastEvent,
  operatorEvent,
  seeded,
  values,
  weatherEvent,
} from '../features/synthetic.js';
import { NOW, PROFILE, STEP, ZoneHarness, requestOf, smooth } from './zone-harness.js';

let zone: ZoneHarness;

beforeEach(() => {
  zone = new ZoneHarness();
});

describe('inputs that are too thin', () => {
  it.each([
    [2 * HOUR, false, 'persistence', ['history_short']],
    [26 * HOUR, true, 'ramp', ['history_short']],
    [8 * DAY, true, 'ramp', []],
  ])('with %d ms of history', (lengthMs, modelUsable, baselineKind, reasons) => {
    zone.history(lengthMs);
    expect(zone.demand(NOW).request).toMatchObject({ modelUsable, baselineKind, reasons });
  });

  it('degrades with gaps yesterday, and falls back when yesterday is mostly missing', () => {
    const withGaps = (share: number): NowcastRequest => {
      zone = new ZoneHarness();
      const random = seeded(1);
      for (let t = NOW - 16 * DAY; t < NOW; t += STEP) {
        if (t < NOW - DAY || t >= NOW - HOUR || random() >= share)
          zone.give(demandEvent(t, smooth(t), STEP), false);
      }
      return requestOf(zone.demand(NOW));
    };
    expect(withGaps(0.01)).toMatchObject({ modelUsable: true, reasons: [] });
    expect(withGaps(0.3)).toMatchObject({ modelUsable: true, reasons: ['history_incomplete'] });
    expect(withGaps(1)).toMatchObject({
      modelUsable: false,
      reasons: ['history_incomplete'],
      baselineKind: 'ramp',
    });
  });

  it('says when demand comes late', () => {
    zone.history(16 * DAY);
    const request = requestOf(
      zone.demand(NOW, smooth(NOW), { availableAtMs: NOW + STEP + PROFILE.lateAfterMs + 1 }),
    );
    expect(request.reasons).toEqual(['demand_late']);
    expect(request.modelUsable).toBe(true);
  });
});

describe("ingest of the operator's forecast", () => {
  const column = featureIndex('operator_ramp');
  const rampOf = (request: NowcastRequest): number =>
    zone.buffer.data[(request.firstRow + 5) * FEATURE_COUNT + column] ?? 0;
  const curve = (availableAtMs: number, mwOf: (t: number) => number): void => {
    for (let t = NOW - 2 * HOUR; t < NOW + DAY; t += HOUR)
      expect(zone.give(operatorEvent(t, mwOf(t), availableAtMs))).toEqual({ request: null, findings: [] });
  };

  it('makes no nowcast of its own: the next one knows it, and when it was told', () => {
    zone.history(16 * DAY);
    expect(rampOf(requestOf(zone.demand(NOW)))).toBeNaN();
    curve(NOW - 2 * HOUR, smooth);
    const next = requestOf(zone.demand(NOW + STEP));
    expect(next).toMatchObject({ revision: 0, reasons: [], asOfMs: NOW + 2 * STEP });
    expect(rampOf(next)).not.toBeNaN();
    curve(NOW + 2 * STEP + MINUTE, (t) => smooth(t) * (t < NOW ? 1 : 1.1));
    const corrected = requestOf(zone.demand(NOW + STEP, smooth(NOW + STEP) + 9, { revision: 1 }));
    expect(corrected.asOfMs).toBe(NOW + 2 * STEP + MINUTE);
    expect(rampOf(corrected)).not.toBe(rampOf(next));
  });

  it('is missed when it used to come and has ended, for three days', () => {
    zone.history(16 * DAY);
    curve(NOW - 2 * HOUR, smooth);
    const reasonsAt = (t: number): readonly string[] => requestOf(zone.demand(t)).reasons;
    expect(reasonsAt(NOW)).toEqual([]);
    expect(reasonsAt(NOW + DAY - 2 * STEP)).not.toContain('operator_missing');
    expect(reasonsAt(NOW + DAY - STEP)).toContain('operator_missing');
    expect(reasonsAt(NOW + 4 * DAY)).not.toContain('operator_missing');
  });

  it.each([0, -5, 2e6, Number.NaN])('sets a value of %d MW aside', (mw) => {
    zone.history(16 * DAY);
    expect(zone.give(operatorEvent(NOW, mw, NOW - DAY))).toMatchObject({
      request: null,
      findings: [{ rule: 'operator_range', action: 'quarantined', validTimeMs: NOW }],
    });
    expect(zone.stream.state.operator).toBeNull();
  });
});

describe('ingest of weather', () => {
  it('re-issues the origin for new weather and new forecasts only', () => {
    zone.history(16 * DAY);
    zone.demand(NOW);
    const at = NOW + STEP;
    expect(requestOf(zone.give(weatherEvent(at, 20))).revision).toBe(1);
    expect(zone.give(weatherEvent(at, 20)).request).toBeNull();
    expect(zone.give(weatherEvent(at - HOUR, 15)).request).toBeNull();
    const points = Array.from({ length: 48 }, (_, i) => values(20 + i / 10));
    expect(requestOf(zone.give(forecastEvent(at, points))).revision).toBe(2);
    expect(zone.give(forecastEvent(at, points)).request).toBeNull();
    expect(zone.give(forecastEvent(at - HOUR, points)).request).toBeNull();
    expect(requestOf(zone.demand(NOW + STEP))).toMatchObject({
      revision: 0,
      reasons: [],
      weatherAgeMs: STEP,
    });
  });

  it('makes nothing before the first origin or when the origin is late', () => {
    expect(zone.give(weatherEvent(NOW, 20)).request).toBeNull();
    zone.history(16 * DAY);
    zone.demand(NOW);
    expect(zone.give(weatherEvent(NOW + STEP + PROFILE.lateAfterMs + MINUTE, 25)).request).toBeNull();
  });

  it('sets an observation of the future aside', () => {
    const { request, findings } = zone.give({ ...weatherEvent(NOW, 20), availableAtMs: NOW - HOUR });
    expect(request).toBeNull();
    expect(findings).toMatchObject([{ rule: 'weather_future_dated', action: 'quarantined' }]);
    expect(zone.stream.state.observed).toBeNull();
  });

  it.each([
    ['weather_future_dated', { ...forecastEvent(NOW, [values(20)]), issuedAtMs: NOW + HOUR }],
    ['weather_not_rising', forecastEvent(NOW, [values(20), values(21)], 0)],
    ['weather_range', forecastEvent(NOW, [values(20), values(999)])],
    ['weather_range', weatherEvent(NOW, -400)],
    ['weather_range', weatherEvent(NOW, 20, 9999)],
  ])('sets impossible weather aside: %s', (rule, event) => {
    zone.history(16 * DAY);
    zone.demand(NOW);
    expect(zone.give(event)).toMatchObject({ request: null, findings: [{ rule, action: 'quarantined' }] });
    expect(zone.give(weatherEvent(NOW + STEP, 20)).request).not.toBeNull();
  });

  it('says when weather that used to come is old or missing', () => {
    zone.history(16 * DAY);
    zone.give(weatherEvent(NOW, 20));
    zone.give(
      forecastEvent(
        NOW,
        Array.from({ length: 60 }, () => values(20)),
      ),
    );
    const reasonsAt = (ageMs: number): readonly string[] =>
      requestOf(zone.demand(NOW + ageMs - STEP)).reasons.filter((reason) => !reason.startsWith('history'));
    expect(reasonsAt(HOUR)).toEqual([]);
    expect(reasonsAt(2.5 * HOUR)).toEqual(['weather_stale']);
    expect(reasonsAt(4 * HOUR)).toEqual(['weather_missing']);
    expect(reasonsAt(25 * HOUR)).toEqual(['weather_missing', 'forecast_stale']);
    expect(reasonsAt(70 * HOUR)).toEqual(['weather_missing', 'forecast_missing']);
  });

  it('uses reasons that are documented', () => {
    zone.history(2 * HOUR);
    for (const reason of requestOf(zone.demand(NOW)).reasons) expect(REASONS).toHaveProperty(reason);
  });
});
