import { createHash } from 'node:crypto';
import { NowcastError } from '../contracts/errors.js';
import { MINUTE_MS } from '../contracts/time.js';
import { FEATURE_COUNT } from '../features/feature-names.js';
import type { InputEvent } from '../features/input-event.js';
import { RowBuffer } from '../features/row-buffer.js';
import { writeFeatureRows } from '../features/vector.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { checkInputs } from '../nowcast/input-check.js';
import { createZoneStream, ingest, type ZoneStream } from '../nowcast/step.js';
import { horizonKernel } from './horizon-kernel.js';
import { type Random, seededRandom } from './random.js';
import { inReplayOrder } from './replay-order.js';
import { drawHorizons, horizonWeights, planSampling, type SamplingPlan } from './sampling.js';
import { BETWEEN, blockOf, cutTime, HELD_OUT, type TimeBlocks } from './time-blocks.js';

export interface DatasetOptions {
  /** Nothing with a later availableAt is used; by default everything is. */
  readonly untilMs?: number;
  /** Most rows of training and validation together. */
  readonly rowBudget: number;
  /** Most rows of the held-out block; every horizon of a used origin is there. */
  readonly heldOutRowBudget: number;
  readonly seed: number;
}

/** Rows with a known target, in rising origin. */
export interface Dataset {
  readonly profile: ZoneProfile;
  readonly blocks: TimeBlocks;
  readonly rows: number;
  /** Row-major [rows x FEATURE_COUNT]. */
  readonly features: Float32Array;
  readonly horizonIndex: Uint16Array;
  readonly originMs: Float64Array;
  readonly baselineMw: Float64Array;
  readonly actualMw: Float64Array;
  /** TRAIN, VALIDATION, HELD_OUT or BETWEEN. */
  readonly block: Uint8Array;
  /** sha256 over origins, actuals and features, hex. */
  readonly fingerprint: string;
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
 * Replays the events of one zone, in the order in which they became available, through the functions that the stream
 * runs, and takes feature rows at sampled origins just as the stream would have computed them then. A value that
 * quality quarantined is never a target.
 * @param events of one zone; each type in log order
 * @throws NowcastError TRAINING_DATA_SHORT
 */
export function buildDataset(
  events: readonly InputEvent[],
  profile: ZoneProfile,
  options: DatasetOptions,
): Dataset {
  const ordered = inReplayOrder(events, options.untilMs ?? Number.POSITIVE_INFINITY);
  const blocks = cutTime(ordered, profile);
  const draw = horizonDrawer(ordered, profile, blocks, options);
  const stream = createZoneStream(profile);
  const unused = new RowBuffer(FEATURE_COUNT, 1);
  const collected: Collector = {
    buffer: new RowBuffer(FEATURE_COUNT, options.rowBudget),
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
  return finish(profile, blocks, collected);
}

/** Which horizons are taken at an origin; none for most origins of a long history. */
function horizonDrawer(
  events: readonly InputEvent[],
  profile: ZoneProfile,
  blocks: TimeBlocks,
  options: DatasetOptions,
): (originMs: number) => readonly number[] {
  const random = seededRandom(options.seed);
  const horizons = profile.horizonsMinutes.length;
  const weights = horizonWeights(horizonKernel(profile.horizonsMinutes));
  let early = 0;
  let late = 0;
  for (const event of events) {
    if (event.type !== 'demand' || event.validTimeMs < blocks.firstMs) continue;
    if (event.validTimeMs < blocks.heldOutFromMs) early += 1;
    else late += 1;
  }
  const earlyPlan = planSampling(options.rowBudget, early, horizons);
  const latePlan: SamplingPlan = {
    originShare: Math.min(1, options.heldOutRowBudget / Math.max(1, late * horizons)),
    horizonsPerOrigin: horizons,
  };
  return (originMs) => {
    const plan = originMs < blocks.heldOutFromMs ? earlyPlan : latePlan;
    return drawFrom(plan, weights, random);
  };
}

function drawFrom(plan: SamplingPlan, weights: Float64Array, random: Random): readonly number[] {
  return random() < plan.originShare ? drawHorizons(weights, plan.horizonsPerOrigin, random) : [];
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
function finish(profile: ZoneProfile, blocks: TimeBlocks, collected: Collector): Dataset {
  const { buffer, horizonIndex, originMs, baselineMw, actuals } = collected;
  const kept: number[] = [];
  const targets: number[] = [];
  const block: number[] = [];
  originMs.forEach((origin, row) => {
    const targetMs = origin + (profile.horizonsMinutes[horizonIndex[row] ?? 0] ?? 0) * MINUTE_MS;
    const actual = actuals.get(targetMs);
    if (actual === undefined || !Number.isFinite(baselineMw[row])) return;
    kept.push(row);
    targets.push(actual);
    block.push(blockOf(origin, targetMs, blocks));
  });
  const view = buffer.view();
  const features = new Float32Array(kept.length * FEATURE_COUNT);
  kept.forEach((row, at) => {
    features.set(view.subarray(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT), at * FEATURE_COUNT);
  });
  requireBlocks(profile, block);
  const origins = Float64Array.from(kept, (row) => originMs[row] ?? Number.NaN);
  const actualMw = Float64Array.from(targets);
  const hash = createHash('sha256')
    .update(bytesOf(origins))
    .update(bytesOf(actualMw))
    .update(bytesOf(features));
  return {
    profile,
    blocks,
    rows: kept.length,
    features,
    horizonIndex: Uint16Array.from(kept, (row) => horizonIndex[row] ?? 0),
    originMs: origins,
    baselineMw: Float64Array.from(kept, (row) => baselineMw[row] ?? Number.NaN),
    actualMw,
    block: Uint8Array.from(block),
    fingerprint: hash.digest('hex'),
  };
}

function bytesOf(values: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** A block may be long enough and still empty: gaps, or values that quality did not accept. */
function requireBlocks(profile: ZoneProfile, block: readonly number[]): void {
  const counts = new Array<number>(BETWEEN + 1).fill(0);
  for (const one of block) counts[one] = (counts[one] ?? 0) + 1;
  const least = profile.horizonsMinutes.length;
  const names = ['training', 'validation', 'held-out'];
  for (let one = 0; one <= HELD_OUT; one += 1) {
    if ((counts[one] ?? 0) >= least) continue;
    throw new NowcastError(
      'TRAINING_DATA_SHORT',
      `zone ${profile.zone} has ${String(counts[one] ?? 0)} usable rows in its ${names[one] ?? ''} block, at least ` +
        `${String(least)} are needed: its demand has too many gaps or quarantined values`,
      { context: { zone: profile.zone } },
    );
  }
}
