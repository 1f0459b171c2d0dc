import { beforeEach, describe, expect, it } from 'vitest';
import { FEATURE_COUNT, featureIndex } from '../../src/features/feature-names.js';
import type { DemandEvent, InputEvent } from '../../src/features/input-event.js';
import { RowBuffer } from '../../src/features/row-buffer.js';
import { REASONS } from '../../src/nowcast/reasons.js';
import type { NowcastRequest } from '../../src/nowcast/request.js';
import {
  GRACE_MS,
  type ZoneStream,
  createZoneStream,
  ingest,
  resumeAfter,
  tick,
} from '../../src/nowcast/step.js';
import {
  DAY,
  HOUR,
  MINUTE,
  demandAt,
  demandEvent,
  forecastEvent,
  profileOf,
  seeded,
  values,
  weatherEvent,
} from '../features/synthetic.js';

const PROFILE = profileOf(5);
const STEP = PROFILE.stepMs;
const NOW = Date.UTC(2019, 5, 12, 18);
const TRIGGER = { topic: 'demand.observed', partition: 0, offset: 7 };

let stream: ZoneStream;
let buffer: RowBuffer;

const give = (event: InputEvent, emit = true) => ingest(stream, event, TRIGGER, buffer, emit);
const smooth = (t: number): number => demandAt(t, () => 0.5);
const demand = (t: number, demandMw = smooth(t), overrides: Partial<DemandEvent> = {}) =>
  give(demandEvent(t, demandMw, STEP, overrides));

/** Fills history so that the latest interval is the one before NOW. */
function history(lengthMs: number): void {
  for (let t = NOW - lengthMs; t < NOW; t += STEP) give(demandEvent(t, smooth(t), STEP), false);
}

function requestOf(result: { readonly request: NowcastRequest | null }): NowcastRequest {
  expect(result.request).not.toBeNull();
  return result.request as NowcastRequest;
}

beforeEach(() => {
  stream = createZoneStream(PROFILE);
  buffer = new RowBuffer(FEATURE_COUNT);
});

describe('ingest of demand', () => {
  it('makes one nowcast of each new interval, with its rows in the buffer', () => {
    history(16 * DAY);
    const request = requestOf(demand(NOW));
    expect(request).toMatchObject({
      zone: 'TEST',
      originMs: NOW,
      asOfMs: NOW + STEP,
      revision: 0,
      reasons: [],
      modelUsable: true,
    });
    expect(request).toMatchObject({
      demandAgeMs: 0,
      weatherAgeMs: null,
      baselineKind: 'ramp',
      firstRow: 0,
      trigger: TRIGGER,
    });
    expect(request.latestDemandMw).toBe(smooth(NOW));
    expect(buffer.rows).toBe(PROFILE.horizonsMinutes.length);
    expect(buffer.data[featureIndex('latest_mw')]).toBe(Math.fround(smooth(NOW)));
    const next = requestOf(demand(NOW + STEP));
    expect(next).toMatchObject({ originMs: NOW + STEP, revision: 0, firstRow: buffer.rows / 2 });
  });

  it('makes nothing of a duplicate', () => {
    history(16 * DAY);
    demand(NOW);
    expect(demand(NOW)).toEqual({ request: null, findings: [] });
    expect(demand(NOW - STEP).request).toBeNull();
    expect(requestOf(demand(NOW + STEP)).revision).toBe(0);
  });

  it('re-issues the origin when its own value is revised', () => {
    history(16 * DAY);
    demand(NOW);
    const request = requestOf(demand(NOW, smooth(NOW) + 50, { revision: 1, availableAtMs: NOW + 2 * STEP }));
    expect(request).toMatchObject({ originMs: NOW, revision: 1, asOfMs: NOW + 2 * STEP });
    expect(request.latestDemandMw).toBe(smooth(NOW) + 50);
    expect(requestOf(demand(NOW, smooth(NOW) + 80, { revision: 2 })).revision).toBe(2);
  });

  it('does not let a redelivered first value undo a correction', () => {
    history(16 * DAY);
    demand(NOW);
    demand(NOW, smooth(NOW) + 50, { revision: 1 });
    expect(demand(NOW).request).toBeNull();
    expect(stream.state.demandAt(NOW)).toBe(smooth(NOW) + 50);
  });

  it('corrects history and re-issues within the grace window', () => {
    history(16 * DAY);
    demand(NOW);
    const late = NOW - GRACE_MS;
    const request = requestOf(
      demand(late, smooth(late) + 40, { revision: 1, availableAtMs: NOW + 2 * STEP }),
    );
    expect(request).toMatchObject({ originMs: NOW, revision: 1 });
    expect(stream.state.demandAt(late)).toBe(smooth(late) + 40);
    expect(request.latestDemandMw).toBe(smooth(NOW));
  });

  it('corrects history and counts beyond the grace window', () => {
    history(16 * DAY);
    demand(NOW);
    const late = NOW - GRACE_MS - STEP;
    const { request, findings } = demand(late, smooth(late) + 40, { revision: 1, availableAtMs: NOW + STEP });
    expect(request).toBeNull();
    expect(findings.filter(({ rule }) => rule === 'late')).toMatchObject([
      { action: 'counted', validTimeMs: late },
    ]);
    expect(stream.state.demandAt(late)).toBe(smooth(late) + 40);
  });

  it('counts a value that is older than the history kept', () => {
    history(16 * DAY);
    demand(NOW);
    const { findings } = demand(NOW - 30 * DAY, 25_000, { availableAtMs: NOW - 30 * DAY + STEP });
    expect(findings).toMatchObject([{ rule: 'late', action: 'counted' }]);
  });

  it('makes an origin of a quarantined value, anchored at the last accepted one', () => {
    history(16 * DAY);
    const { request, findings } = demand(NOW, Number.NaN);
    expect(findings).toMatchObject([{ rule: 'not_finite', action: 'quarantined' }]);
    expect(request).toMatchObject({
      originMs: NOW,
      revision: 0,
      modelUsable: false,
      reasons: ['demand_quarantined'],
      firstRow: -1,
    });
    expect(request?.latestDemandMw).toBe(smooth(NOW - STEP));
    expect(request?.demandAgeMs).toBe(STEP);
    expect(request?.baselineKind).toBe('ramp');
    expect(Math.abs((request?.baselineMw[0] ?? 0) - smooth(NOW + STEP))).toBeLessThan(150);
    expect(stream.state.demandAt(NOW)).toBeNaN();
    const repaired = requestOf(demand(NOW, smooth(NOW), { revision: 1 }));
    expect(repaired).toMatchObject({ originMs: NOW, revision: 1, modelUsable: true, reasons: [] });
  });

  it('quarantines a spike without losing the zone', () => {
    history(16 * DAY);
    expect(demand(NOW, 90_000).request).toMatchObject({ reasons: ['demand_quarantined'] });
    expect(demand(NOW + STEP).request).toMatchObject({
      originMs: NOW + STEP,
      revision: 0,
      modelUsable: true,
    });
  });

  it('lets no value with a wrong time become an origin', () => {
    history(16 * DAY);
    demand(NOW);
    expect(demand(NOW + 10 * DAY, 25_000, { availableAtMs: NOW + STEP })).toMatchObject({
      request: null,
      findings: [{ rule: 'future_dated' }],
    });
    expect(demand(NOW + STEP + MINUTE, 25_000)).toMatchObject({
      request: null,
      findings: [{ rule: 'misaligned' }],
    });
    expect(requestOf(demand(NOW + STEP)).originMs).toBe(NOW + STEP);
  });

  it('issues nothing when no value was ever accepted, or only long ago', () => {
    expect(demand(NOW, -5).request).toBeNull();
    expect(demand(NOW + STEP, -5).request).toBeNull();
    stream = createZoneStream(PROFILE);
    demand(NOW);
    expect(demand(NOW + DAY, -5).request).not.toBeNull();
    expect(demand(NOW + DAY + STEP, -5).request).toBeNull();
  });

  it('numbers the first nowcast of an origin 0 even when an earlier attempt had no anchor', () => {
    demand(NOW, -5);
    expect(requestOf(demand(NOW - STEP)).revision).toBe(0);
  });
});

describe('inputs that are too thin', () => {
  it.each([
    [2 * HOUR, false, 'persistence', ['history_short']],
    [26 * HOUR, true, 'ramp', ['history_short']],
    [8 * DAY, true, 'ramp', []],
  ])('with %d ms of history', (lengthMs, modelUsable, baselineKind, reasons) => {
    history(lengthMs);
    expect(demand(NOW).request).toMatchObject({ modelUsable, baselineKind, reasons });
  });

  it('degrades with gaps yesterday, and falls back when yesterday is mostly missing', () => {
    const withGaps = (share: number): NowcastRequest => {
      stream = createZoneStream(PROFILE);
      const random = seeded(1);
      for (let t = NOW - 16 * DAY; t < NOW; t += STEP) {
        if (t < NOW - DAY || t >= NOW - HOUR || random() >= share)
          give(demandEvent(t, smooth(t), STEP), false);
      }
      return requestOf(demand(NOW));
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
    history(16 * DAY);
    const request = requestOf(
      demand(NOW, smooth(NOW), { availableAtMs: NOW + STEP + PROFILE.lateAfterMs + 1 }),
    );
    expect(request.reasons).toEqual(['demand_late']);
    expect(request.modelUsable).toBe(true);
  });
});

describe('ingest of weather', () => {
  it('re-issues the origin for new weather and new forecasts only', () => {
    history(16 * DAY);
    demand(NOW);
    const at = NOW + STEP;
    expect(requestOf(give(weatherEvent(at, 20))).revision).toBe(1);
    expect(give(weatherEvent(at, 20)).request).toBeNull();
    expect(give(weatherEvent(at - HOUR, 15)).request).toBeNull();
    const points = Array.from({ length: 48 }, (_, i) => values(20 + i));
    expect(requestOf(give(forecastEvent(at, points))).revision).toBe(2);
    expect(give(forecastEvent(at, points)).request).toBeNull();
    expect(give(forecastEvent(at - HOUR, points)).request).toBeNull();
    expect(requestOf(demand(NOW + STEP))).toMatchObject({ revision: 0, reasons: [], weatherAgeMs: STEP });
  });

  it('makes nothing before the first origin or when the origin is late', () => {
    expect(give(weatherEvent(NOW, 20)).request).toBeNull();
    history(16 * DAY);
    demand(NOW);
    expect(give(weatherEvent(NOW + STEP + PROFILE.lateAfterMs + MINUTE, 25)).request).toBeNull();
  });

  it('sets an observation of the future aside', () => {
    const { request, findings } = give({ ...weatherEvent(NOW, 20), availableAtMs: NOW - HOUR });
    expect(request).toBeNull();
    expect(findings).toMatchObject([{ rule: 'future_dated', action: 'quarantined' }]);
    expect(stream.state.observed).toBeNull();
  });

  it('says when weather that used to come is old or missing', () => {
    history(16 * DAY);
    give(weatherEvent(NOW, 20));
    give(
      forecastEvent(
        NOW,
        Array.from({ length: 60 }, () => values(20)),
      ),
    );
    const reasonsAt = (ageMs: number): readonly string[] =>
      requestOf(demand(NOW + ageMs - STEP)).reasons.filter((reason) => !reason.startsWith('history'));
    expect(reasonsAt(HOUR)).toEqual([]);
    expect(reasonsAt(2.5 * HOUR)).toEqual(['weather_stale']);
    expect(reasonsAt(4 * HOUR)).toEqual(['weather_missing']);
    expect(reasonsAt(25 * HOUR)).toEqual(['weather_missing', 'forecast_stale']);
    expect(reasonsAt(70 * HOUR)).toEqual(['weather_missing', 'forecast_missing']);
  });

  it('uses reasons that are documented', () => {
    history(2 * HOUR);
    for (const reason of requestOf(demand(NOW)).reasons) expect(REASONS).toHaveProperty(reason);
  });
});

describe('tick', () => {
  it('re-issues once per step of lateness', () => {
    history(16 * DAY);
    demand(NOW);
    const due = NOW + STEP + PROFILE.lateAfterMs;
    expect(tick(stream, due, buffer)).toBeNull();
    expect(tick(stream, due + 1, buffer)).toMatchObject({
      originMs: NOW,
      revision: 1,
      asOfMs: due + 1,
      reasons: ['demand_late'],
      trigger: null,
    });
    expect(tick(stream, due + MINUTE, buffer)).toBeNull();
    expect(tick(stream, due + STEP + 1, buffer)).toMatchObject({
      revision: 2,
      demandAgeMs: STEP + PROFILE.lateAfterMs + 1,
    });
    expect(requestOf(demand(NOW + STEP))).toMatchObject({ revision: 0 });
    expect(tick(createZoneStream(PROFILE), NOW, buffer)).toBeNull();
  });
});

describe('restoring', () => {
  it('gives the same state, revisions and rows as having emitted all along', () => {
    const other = createZoneStream(PROFILE);
    const events: InputEvent[] = [];
    const random = seeded(11);
    for (let t = NOW - 16 * DAY; t <= NOW; t += STEP) {
      events.push(demandEvent(t, demandAt(t, random), STEP));
      if (t % HOUR === 0) events.push(weatherEvent(t + STEP, 15 + random()));
      if (random() < 0.1)
        events.push(
          demandEvent(t - 3 * STEP, demandAt(t - 3 * STEP, random), STEP, {
            revision: 1,
            availableAtMs: t + STEP,
          }),
        );
    }
    const last = weatherEvent(NOW + STEP, 30);
    for (const event of events) {
      buffer.reset();
      ingest(stream, event, null, buffer, true);
      ingest(other, event, null, buffer, false);
    }
    const rows = new RowBuffer(FEATURE_COUNT);
    const others = new RowBuffer(FEATURE_COUNT);
    const a = ingest(stream, last, null, rows, true);
    const b = ingest(other, last, null, others, true);
    expect(a).toEqual(b);
    expect(requestOf(a).revision).toBeGreaterThan(0);
    expect(Buffer.from(rows.data.buffer).equals(Buffer.from(others.data.buffer))).toBe(true);
  });

  it('goes on after the revisions that were issued before', () => {
    history(16 * DAY);
    give(demandEvent(NOW, smooth(NOW), STEP), false);
    resumeAfter(stream, NOW, 4);
    resumeAfter(stream, NOW - STEP, 9);
    expect(requestOf(give(weatherEvent(NOW + STEP, 20))).revision).toBe(5);
  });
});

describe('createZoneStream', () => {
  it.each([
    [[10, 5], 5],
    [[5, 7], 5],
    [[], 5],
    [[0, 5], 5],
  ])('refuses horizons %j', (horizonsMinutes, step) => {
    expect(() => createZoneStream(profileOf(step, { horizonsMinutes }))).toThrow(/horizons/);
  });
});
