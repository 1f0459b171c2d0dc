import { MINUTE_MS } from '../contracts/time.js';
import { FEATURE_COUNT } from '../features/feature-names.js';
import type { InputEvent } from '../features/input-event.js';
import { RowBuffer } from '../features/row-buffer.js';
import { writeFeatureRows } from '../features/vector.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { checkInputs } from '../nowcast/input-check.js';
import { createZoneStream, ingest, type ZoneStream } from '../nowcast/step.js';

/** Rows with a known target, in rising origin. Every array has `rows` entries unless it says otherwise. */
export interface ReplayedRows {
  readonly rows: number;
  /** Row-major [rows x FEATURE_COUNT]. */
  readonly features: Float32Array;
  /** Index into the horizons of the profile. */
  readonly horizonIndex: Uint16Array;
  /** Start of the last interval whose demand the row knows, epoch milliseconds. */
  readonly originMs: Float64Array;
  /** Start of the interval that is forecast, epoch milliseconds. */
  readonly targetMs: Float64Array;
  readonly baselineMw: Float64Array;
  readonly actualMw: Float64Array;
}

interface Collector {
  readonly buffer: RowBuffer;
  readonly horizonIndex: number[];
  readonly originMs: number[];
  readonly baselineMw: number[];
  /** Accepted demand by interval; a correction overwrites. */
  readonly actuals: Map<number, number>;
}

/**
 * Replays the events of one zone through the functions that the stream runs, and takes feature rows at the origins that
 * `draw` wants just as the stream would have computed them then. A value that quality quarantined is never a target.
 * @param ordered events of one zone in the order in which they became available
 * @param draw positions of the horizons to take at an origin
 * @param expectedRows for how many rows to reserve memory at first
 */
export function replayRows(
  ordered: readonly InputEvent[],
  profile: ZoneProfile,
  draw: (originMs: number) => readonly number[],
  expectedRows: number,
): ReplayedRows {
  const stream = createZoneStream(profile);
  const unused = new RowBuffer(FEATURE_COUNT, 1);
  const collected: Collector = {
    buffer: new RowBuffer(FEATURE_COUNT, expectedRows),
    horizonIndex: [],
    originMs: [],
    baselineMw: [],
    actuals: new Map(),
  };
  for (const event of ordered) {
    const before = stream.originMs;
    const { findings } = ingest(stream, event, null, unused, false);
    if (event.type !== 'demand' || findings.some(({ action }) => action === 'quarantined')) continue;
    const known = stream.state.demandAt(event.validTimeMs);
    if (!Number.isNaN(known)) collected.actuals.set(event.validTimeMs, known);
    if (stream.originMs !== before) takeRows(stream, draw(stream.originMs), collected);
  }
  return knownRows(profile, collected);
}

function takeRows(stream: ZoneStream, drawn: readonly number[], collected: Collector): void {
  if (drawn.length === 0 || !checkInputs(stream, stream.asOfMs).modelUsable) return;
  const minutes = drawn.map((index) => stream.profile.horizonsMinutes[index] ?? 0);
  const { baselineMw } = writeFeatureRows(
    stream.state,
    stream.originMs,
    stream.asOfMs,
    minutes,
    collected.buffer,
  );
  drawn.forEach((index, i) => {
    collected.horizonIndex.push(index);
    collected.originMs.push(stream.originMs);
    collected.baselineMw.push(baselineMw[i] ?? Number.NaN);
  });
}

/** Keeps the rows whose target became known, and lays them out in columns. */
function knownRows({ horizonsMinutes }: ZoneProfile, collected: Collector): ReplayedRows {
  const { buffer, horizonIndex, originMs, baselineMw, actuals } = collected;
  const kept: number[] = [];
  const targets: number[] = [];
  const actualMw: number[] = [];
  originMs.forEach((origin, row) => {
    const targetMs = origin + (horizonsMinutes[horizonIndex[row] ?? 0] ?? 0) * MINUTE_MS;
    const actual = actuals.get(targetMs);
    if (actual === undefined || !Number.isFinite(baselineMw[row])) return;
    kept.push(row);
    targets.push(targetMs);
    actualMw.push(actual);
  });
  const view = buffer.view();
  const features = new Float32Array(kept.length * FEATURE_COUNT);
  kept.forEach((row, at) => {
    features.set(view.subarray(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT), at * FEATURE_COUNT);
  });
  return {
    rows: kept.length,
    features,
    horizonIndex: Uint16Array.from(kept, (row) => horizonIndex[row] ?? 0),
    originMs: Float64Array.from(kept, (row) => originMs[row] ?? Number.NaN),
    targetMs: Float64Array.from(targets),
    baselineMw: Float64Array.from(kept, (row) => baselineMw[row] ?? Number.NaN),
    actualMw: Float64Array.from(actualMw),
  };
}
