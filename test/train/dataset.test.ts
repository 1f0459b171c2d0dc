import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/contracts/time.js';
import { FEATURE_COUNT, featureIndex } from '../../src/features/feature-names.js';
import { RowBuffer } from '../../src/features/row-buffer.js';
import { createZoneStream, ingest } from '../../src/nowcast/step.js';
import { buildDataset } from '../../src/train/dataset.js';
import { EventCollector, toEvents } from '../../src/train/event-columns.js';
import { inReplayOrder } from '../../src/train/replay-order.js';
import { BETWEEN, HELD_OUT, TRAIN, VALIDATION } from '../../src/train/time-blocks.js';
import { FAULTS, FROM_MS, PROFILE, simulatedEvents } from './simulated.js';

const EVENTS = simulatedEvents(14, FAULTS);
const OPTIONS = { rowBudget: 8000, heldOutRowBudget: 3000, seed: 5 };

function bytesOf(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

describe('buildDataset', () => {
  const dataset = buildDataset(EVENTS, PROFILE, OPTIONS);

  it('has, bit for bit, the rows that the stream computes at the same origins', () => {
    const stream = createZoneStream(PROFILE);
    const buffer = new RowBuffer(FEATURE_COUNT);
    const rows = new Map<string, { features: Float32Array; baselineMw: number }>();
    for (const event of inReplayOrder(EVENTS, Infinity)) {
      buffer.reset();
      const { request } = ingest(stream, event, null, buffer, true);
      if (request === null || request.revision > 0 || !request.modelUsable) continue;
      request.horizonsMinutes.forEach((_, h) => {
        const at = (request.firstRow + h) * FEATURE_COUNT;
        const features = buffer.view().slice(at, at + FEATURE_COUNT);
        rows.set(`${String(request.originMs)}/${String(h)}`, {
          features,
          baselineMw: request.baselineMw[h] ?? NaN,
        });
      });
    }
    expect(dataset.rows).toBeGreaterThan(5000);
    const ramp = featureIndex('operator_ramp');
    const known = dataset.originMs.filter(
      (_, row) => !Number.isNaN(dataset.features[row * FEATURE_COUNT + ramp]),
    );
    expect(known.length).toBeGreaterThan(0.7 * dataset.rows);
    for (let row = 0; row < dataset.rows; row += 1) {
      const streamed = rows.get(`${String(dataset.originMs[row])}/${String(dataset.horizonIndex[row])}`);
      const features = dataset.features.subarray(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT);
      // Bytes, because NaN is not equal to NaN and -0 is equal to 0.
      expect(bytesOf(features).equals(bytesOf(streamed?.features ?? new Float32Array(0)))).toBe(true);
      expect(dataset.baselineMw[row]).toBe(streamed?.baselineMw);
    }
  });

  it('keeps within the budgets and covers every horizon in every block', () => {
    const counts = [TRAIN, VALIDATION, HELD_OUT].map((block) =>
      PROFILE.horizonsMinutes.map((_, h) =>
        dataset.block.reduce(
          (n, of, row) => n + (of === block && dataset.horizonIndex[row] === h ? 1 : 0),
          0,
        ),
      ),
    );
    for (const of of counts) expect(Math.min(...of)).toBeGreaterThan(50);
    const early = dataset.originMs.filter((ms) => ms < dataset.blocks.heldOutFromMs).length;
    expect(early).toBeLessThan(1.1 * OPTIONS.rowBudget);
    expect(dataset.rows - early).toBeLessThan(1.1 * OPTIONS.heldOutRowBudget);
  });

  it('keeps blocks apart: no row of one knows an actual of a later one', () => {
    const { validationFromMs, heldOutFromMs } = dataset.blocks;
    dataset.block.forEach((block, row) => {
      const originMs = dataset.originMs[row] ?? NaN;
      const targetMs = originMs + (PROFILE.horizonsMinutes[dataset.horizonIndex[row] ?? 0] ?? 0) * MINUTE_MS;
      if (block === TRAIN) expect(targetMs).toBeLessThan(validationFromMs);
      if (block === VALIDATION) expect(originMs >= validationFromMs && targetMs < heldOutFromMs).toBe(true);
      if (block === HELD_OUT) expect(originMs).toBeGreaterThanOrEqual(heldOutFromMs);
      expect(block).toBeLessThanOrEqual(BETWEEN);
    });
  });

  it('is the same to the last bit when everything after untilMs is cut off or scrambled', () => {
    const untilMs = FROM_MS + 11 * DAY_MS;
    const whole = buildDataset(EVENTS, PROFILE, { ...OPTIONS, untilMs });
    const cut = buildDataset(
      EVENTS.filter(({ availableAtMs }) => availableAtMs <= untilMs),
      PROFILE,
      OPTIONS,
    );
    const scrambled = EVENTS.map((event) =>
      event.availableAtMs > untilMs && (event.type === 'demand' || event.type === 'operator')
        ? { ...event, demandMw: event.demandMw * 1.7 }
        : event,
    );
    expect(cut.fingerprint).toBe(whole.fingerprint);
    expect(buildDataset(scrambled, PROFILE, { ...OPTIONS, untilMs }).fingerprint).toBe(whole.fingerprint);
    expect(buildDataset(scrambled, PROFILE, OPTIONS).fingerprint).not.toBe(dataset.fingerprint);
  });

  it('never takes a quarantined value as a target', () => {
    const spikeMs = Math.floor((FROM_MS + 6 * DAY_MS) / PROFILE.stepMs) * PROFILE.stepMs;
    const clean = simulatedEvents(14);
    const spiked = clean.map((event) =>
      event.type === 'demand' && event.validTimeMs === spikeMs
        ? { ...event, demandMw: event.demandMw * 10 }
        : event,
    );
    const targetsAt = (events: typeof clean) => {
      const { rows, originMs, horizonIndex } = buildDataset(events, PROFILE, { ...OPTIONS, rowBudget: 1e6 });
      let count = 0;
      for (let row = 0; row < rows; row += 1) {
        const minutes = PROFILE.horizonsMinutes[horizonIndex[row] ?? 0] ?? 0;
        if ((originMs[row] ?? 0) + minutes * MINUTE_MS === spikeMs) count += 1;
      }
      return count;
    };
    expect(targetsAt(clean)).toBe(PROFILE.horizonsMinutes.length);
    expect(targetsAt(spiked)).toBe(0);
  });

  it('says how much history it needs when there is too little', () => {
    const short = EVENTS.filter(({ availableAtMs }) => availableAtMs < FROM_MS + 3 * DAY_MS);
    expect(() => buildDataset(short, PROFILE, OPTIONS)).toThrow(
      /has 3\.0 days of demand .* needs at least \d+\.\d days/,
    );
    expect(() => buildDataset([], PROFILE, OPTIONS)).toThrow(/has no demand; training needs/);
  });
});

describe('event columns', () => {
  it('give back the same events in the same order of each type', () => {
    const collector = new EventCollector(PROFILE.zone);
    for (const event of EVENTS) collector.add(event);
    const again = toEvents(collector.columns());
    for (const type of ['demand', 'weather', 'forecast', 'operator'] as const) {
      const strip = (events: typeof EVENTS) =>
        events.filter((e) => e.type === type).map((e) => ({ ...e, source: '' }));
      expect(strip(again)).toEqual(strip(EVENTS));
    }
  });
});
