import { beforeEach, describe, expect, it } from 'vitest';
import { FEATURE_COUNT, featureIndex } from '../../src/features/feature-names.js';
import type { InputEvent } from '../../src/features/input-event.js';
import { RowBuffer } from '../../src/features/row-buffer.js';
import { GRACE_MS, createZoneStream, ingest, resumeAfter, tick } from '../../src/nowcast/step.js';
import {
  DAY,
  HOUR,
  MINUTE,
  demandAt,
  demandEvent,
  profileOf,
  seeded,
  weatherEvent,
} from '../features/synthetic.js';
import { NOW, PROFILE, STEP, TRIGGER, ZoneHarness, requestOf, smooth } from './zone-harness.js';

let zone: ZoneHarness;

beforeEach(() => {
  zone = new ZoneHarness();
});

describe('ingest of demand', () => {
  it('makes one nowcast of each new interval, with its rows in the buffer', () => {
    zone.history(16 * DAY);
    const request = requestOf(zone.demand(NOW));
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
    expect(zone.buffer.rows).toBe(PROFILE.horizonsMinutes.length);
    expect(zone.buffer.data[featureIndex('latest_mw')]).toBe(Math.fround(smooth(NOW)));
    const next = requestOf(zone.demand(NOW + STEP));
    expect(next).toMatchObject({ originMs: NOW + STEP, revision: 0, firstRow: zone.buffer.rows / 2 });
  });

  it('counts a duplicate and makes nothing of it', () => {
    zone.history(16 * DAY);
    zone.demand(NOW);
    expect(zone.demand(NOW)).toMatchObject({
      request: null,
      findings: [{ rule: 'duplicate', action: 'counted' }],
    });
    expect(zone.demand(NOW - STEP).request).toBeNull();
    expect(requestOf(zone.demand(NOW + STEP)).revision).toBe(0);
  });

  it('re-issues the origin when its own value is revised', () => {
    zone.history(16 * DAY);
    zone.demand(NOW);
    const request = requestOf(
      zone.demand(NOW, smooth(NOW) + 50, { revision: 1, availableAtMs: NOW + 2 * STEP }),
    );
    expect(request).toMatchObject({ originMs: NOW, revision: 1, asOfMs: NOW + 2 * STEP });
    expect(request.latestDemandMw).toBe(smooth(NOW) + 50);
    expect(requestOf(zone.demand(NOW, smooth(NOW) + 80, { revision: 2 })).revision).toBe(2);
  });

  it('does not let a redelivered first value undo a correction', () => {
    zone.history(16 * DAY);
    zone.demand(NOW);
    zone.demand(NOW, smooth(NOW) + 50, { revision: 1 });
    expect(zone.demand(NOW).request).toBeNull();
    expect(zone.stream.state.demandAt(NOW)).toBe(smooth(NOW) + 50);
  });

  it('corrects history and re-issues within the grace window', () => {
    zone.history(16 * DAY);
    zone.demand(NOW);
    const late = NOW - GRACE_MS;
    const request = requestOf(
      zone.demand(late, smooth(late) + 40, { revision: 1, availableAtMs: NOW + 2 * STEP }),
    );
    expect(request).toMatchObject({ originMs: NOW, revision: 1 });
    expect(zone.stream.state.demandAt(late)).toBe(smooth(late) + 40);
    expect(request.latestDemandMw).toBe(smooth(NOW));
  });

  it('corrects history and counts beyond the grace window', () => {
    zone.history(16 * DAY);
    zone.demand(NOW);
    const late = NOW - GRACE_MS - STEP;
    const { request, findings } = zone.demand(late, smooth(late) + 40, {
      revision: 1,
      availableAtMs: NOW + STEP,
    });
    expect(request).toBeNull();
    expect(findings.filter(({ rule }) => rule === 'late')).toMatchObject([
      { action: 'counted', validTimeMs: late },
    ]);
    expect(zone.stream.state.demandAt(late)).toBe(smooth(late) + 40);
  });

  it('counts a value that is older than the history kept', () => {
    zone.history(16 * DAY);
    zone.demand(NOW);
    const { findings } = zone.demand(NOW - 30 * DAY, 25_000, { availableAtMs: NOW - 30 * DAY + STEP });
    expect(findings).toMatchObject([{ rule: 'late', action: 'counted' }]);
  });

  it('makes an origin of a quarantined value, anchored at the last accepted one', () => {
    zone.history(16 * DAY);
    const { request, findings } = zone.demand(NOW, Number.NaN);
    expect(findings).toMatchObject([{ rule: 'not_finite', action: 'quarantined' }]);
    expect(request).toMatchObject({
      originMs: NOW,
      anchorMs: NOW - STEP,
      revision: 0,
      modelUsable: true,
      reasons: ['demand_quarantined'],
    });
    expect(request?.latestDemandMw).toBe(smooth(NOW - STEP));
    expect(request?.demandAgeMs).toBe(STEP);
    expect(request?.baselineKind).toBe('ramp');
    expect(Math.abs((request?.baselineMw[0] ?? 0) - smooth(NOW + STEP))).toBeLessThan(150);
    expect(zone.stream.state.demandAt(NOW)).toBeNaN();
    const repaired = requestOf(zone.demand(NOW, smooth(NOW), { revision: 1 }));
    expect(repaired).toMatchObject({
      originMs: NOW,
      anchorMs: NOW,
      revision: 1,
      modelUsable: true,
      reasons: [],
    });
  });

  it('quarantines a spike without losing the zone', () => {
    zone.history(16 * DAY);
    expect(zone.demand(NOW, 90_000).request).toMatchObject({ reasons: ['demand_quarantined'] });
    expect(zone.demand(NOW + STEP).request).toMatchObject({
      originMs: NOW + STEP,
      revision: 0,
      modelUsable: true,
    });
  });

  it('lets no value with a wrong time become an origin', () => {
    zone.history(16 * DAY);
    zone.demand(NOW);
    expect(zone.demand(NOW + 10 * DAY, 25_000, { availableAtMs: NOW + STEP })).toMatchObject({
      request: null,
      findings: [{ rule: 'future_dated' }],
    });
    expect(zone.demand(NOW + STEP + MINUTE, 25_000)).toMatchObject({
      request: null,
      findings: [{ rule: 'misaligned' }],
    });
    expect(requestOf(zone.demand(NOW + STEP)).originMs).toBe(NOW + STEP);
  });

  it('issues nothing when no value was ever accepted, or only long ago', () => {
    expect(zone.demand(NOW, -5).request).toBeNull();
    expect(zone.demand(NOW + STEP, -5).request).toBeNull();
    zone = new ZoneHarness();
    zone.demand(NOW);
    expect(zone.demand(NOW + DAY, -5).request).not.toBeNull();
    expect(zone.demand(NOW + DAY + STEP, -5).request).toBeNull();
  });

  it('numbers the first nowcast of an origin 0 even when an earlier attempt had no anchor', () => {
    zone.demand(NOW, -5);
    expect(requestOf(zone.demand(NOW - STEP)).revision).toBe(0);
  });
});

describe('tick', () => {
  it('re-issues once per step of lateness', () => {
    zone.history(16 * DAY);
    zone.demand(NOW);
    const due = NOW + STEP + PROFILE.lateAfterMs;
    expect(tick(zone.stream, due, zone.buffer)).toBeNull();
    expect(tick(zone.stream, due + 1, zone.buffer)).toMatchObject({
      originMs: NOW,
      revision: 1,
      asOfMs: due + 1,
      reasons: ['demand_late'],
      trigger: null,
    });
    expect(tick(zone.stream, due + MINUTE, zone.buffer)).toBeNull();
    expect(tick(zone.stream, due + STEP + 1, zone.buffer)).toMatchObject({
      revision: 2,
      demandAgeMs: STEP + PROFILE.lateAfterMs + 1,
    });
    expect(requestOf(zone.demand(NOW + STEP))).toMatchObject({ revision: 0 });
    expect(tick(createZoneStream(PROFILE), NOW, zone.buffer)).toBeNull();
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
      zone.buffer.reset();
      ingest(zone.stream, event, null, zone.buffer, true);
      ingest(other, event, null, zone.buffer, false);
    }
    const rows = new RowBuffer(FEATURE_COUNT);
    const others = new RowBuffer(FEATURE_COUNT);
    const a = ingest(zone.stream, last, null, rows, true);
    const b = ingest(other, last, null, others, true);
    expect(a).toEqual(b);
    expect(requestOf(a).revision).toBeGreaterThan(0);
    expect(Buffer.from(rows.data.buffer).equals(Buffer.from(others.data.buffer))).toBe(true);
  });

  it('goes on after the revisions that were issued before', () => {
    zone.history(16 * DAY);
    zone.give(demandEvent(NOW, smooth(NOW), STEP), false);
    resumeAfter(zone.stream, NOW, 4);
    resumeAfter(zone.stream, NOW - STEP, 9);
    expect(requestOf(zone.give(weatherEvent(NOW + STEP, 20))).revision).toBe(5);
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
