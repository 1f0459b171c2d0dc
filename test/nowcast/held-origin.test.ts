import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/contracts/time.js';
import { FEATURE_COUNT } from '../../src/features/feature-names.js';
import { RowBuffer } from '../../src/features/row-buffer.js';
import { computeBaseline, writeFeatureRows } from '../../src/features/vector.js';
import { compose } from '../../src/nowcast/compose.js';
import { issuedColumns } from '../../src/nowcast/issued-columns.js';
import type { NowcastRequest } from '../../src/nowcast/request.js';
import { NOW, PROFILE, requestOf, smooth, STEP, ZoneHarness } from './zone-harness.js';

const DAY = 24 * HOUR_MS;
const LONGEST = PROFILE.horizonsMinutes.at(-1) as number;

function rowsOf(buffer: RowBuffer, firstRow: number): Float32Array {
  const from = firstRow * FEATURE_COUNT;
  return buffer.data.slice(from, from + PROFILE.horizonsMinutes.length * FEATURE_COUNT);
}

/** A feed that stands still from NOW on. @returns the requests of its values and of the true one after them */
function frozenFeed(zone: ZoneHarness, steps: number): NowcastRequest[] {
  const requests: NowcastRequest[] = [];
  for (let i = 0; i < steps; i++) requests.push(requestOf(zone.demand(NOW + i * STEP, smooth(NOW))));
  return requests;
}

describe('an origin whose own value is held back', () => {
  it('has the rows of the last accepted value, for horizons that much longer', () => {
    const zone = new ZoneHarness();
    zone.history(16 * DAY);
    zone.demand(NOW, 90_000);
    const request = requestOf(zone.demand(NOW + STEP, 90_500));
    const anchorMs = NOW - STEP;
    expect(request).toMatchObject({
      originMs: NOW + STEP,
      anchorMs,
      modelUsable: true,
      demandAgeMs: 2 * STEP,
    });
    const minutes = PROFILE.horizonsMinutes.map((horizon) => horizon + 10);
    const direct = new RowBuffer(FEATURE_COUNT);
    const known = minutes.map((one) => Math.min(one, LONGEST));
    const { firstRow } = writeFeatureRows(zone.stream.state, anchorMs, request.asOfMs, known, direct);
    expect(rowsOf(zone.buffer, request.firstRow)).toEqual(rowsOf(direct, firstRow));
    expect(request.baselineMw).toEqual(
      computeBaseline(zone.stream.state, anchorMs, anchorMs, minutes).baselineMw,
    );
  });

  it('stands on the value before a fault that began earlier than it was told', () => {
    const zone = new ZoneHarness();
    zone.history(16 * DAY);
    const requests = frozenFeed(zone, 20);
    expect(requests[11]).toMatchObject({ anchorMs: NOW + 11 * STEP, reasons: [] });
    for (const request of requests.slice(12))
      expect(request).toMatchObject({
        anchorMs: NOW,
        reasons: ['demand_quarantined'],
        latestDemandMw: smooth(NOW),
      });
    expect(requests[19]?.demandAgeMs).toBe(19 * STEP);
    const recovered = requestOf(zone.demand(NOW + 20 * STEP));
    expect(recovered).toMatchObject({ anchorMs: NOW + 20 * STEP, reasons: [], modelUsable: true });
  });

  it('is left to the baseline once the value it stands on is six hours old', () => {
    const zone = new ZoneHarness();
    zone.history(16 * DAY);
    const requests = frozenFeed(zone, 80);
    expect(requests[72]?.modelUsable).toBe(true);
    expect(requests[73]).toMatchObject({
      modelUsable: false,
      firstRow: -1,
      anchorMs: NOW,
      baselineKind: 'ramp',
    });
  });

  it('is the same whether the stream ran or was restored', () => {
    const ran = new ZoneHarness();
    const restored = new ZoneHarness();
    for (const zone of [ran, restored]) zone.history(16 * DAY);
    frozenFeed(ran, 14);
    for (let i = 0; i < 14; i++)
      restored.give(
        {
          type: 'demand',
          zone: 'TEST',
          validTimeMs: NOW + i * STEP,
          availableAtMs: NOW + (i + 1) * STEP,
          demandMw: smooth(NOW),
          revision: 0,
          source: 'test',
        },
        false,
      );
    const [a, b] = [ran, restored].map((zone) => requestOf(zone.demand(NOW + 14 * STEP, smooth(NOW))));
    expect({ ...a, firstRow: 0 }).toEqual({ ...b, firstRow: 0 });
  });

  it('is answered by the model with the scale of the longer horizon, and labelled', () => {
    const zone = new ZoneHarness();
    zone.history(16 * DAY);
    const request = { ...requestOf(zone.demand(NOW, 90_000)), firstRow: 0 };
    const { horizonsMinutes } = PROFILE;
    const nowcast = compose(request, {
      version: 'm1',
      horizonsMinutes,
      scaleMw: horizonsMinutes.map((minutes) => 10 * minutes),
      p10Mw: horizonsMinutes.map(() => 0),
      p90Mw: horizonsMinutes.map(() => 0),
      output: Float32Array.from(
        { length: 3 * horizonsMinutes.length },
        (_, i) => [1, -1, 1][i % 3] as number,
      ),
    });
    expect(nowcast).toMatchObject({
      modelVersion: 'm1',
      quality: 'degraded',
      reasons: ['demand_quarantined'],
    });
    nowcast?.steps.forEach((step, i) => {
      const scaleMw = 10 * Math.min(step.horizonMinutes + 5, LONGEST);
      expect(step.mw).toBeCloseTo((request.baselineMw[i] as number) + scaleMw, 2);
      expect(step.p90).toBeCloseTo(step.mw + scaleMw, 2);
    });
    if (nowcast === null) throw new Error('no nowcast');
    // Its band is scored; what the bands of the others learn does not depend on it.
    expect(issuedColumns(nowcast, horizonsMinutes, null).isFromEarlier).toBe(true);
    expect(issuedColumns({ ...nowcast, reasons: [] }, horizonsMinutes, null).isFromEarlier).toBe(false);
  });
});
