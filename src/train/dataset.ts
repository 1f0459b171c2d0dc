import { createHash } from 'node:crypto';
import { NowcastError } from '../contracts/errors.js';
import type { InputEvent } from '../features/input-event.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { horizonKernel } from './horizon-kernel.js';
import { type Random, seededRandom } from './random.js';
import { inReplayOrder } from './replay-order.js';
import { type ReplayedRows, replayRows } from './replayed-rows.js';
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
  /** Least train block; by default that of a zone that is trained on its own rows alone. */
  readonly shortestTrainMs?: number;
}

/** Rows with a known target, in rising origin, each in its block of time. */
export interface Dataset extends Omit<ReplayedRows, 'targetMs'> {
  readonly profile: ZoneProfile;
  readonly blocks: TimeBlocks;
  /** TRAIN, VALIDATION, HELD_OUT or BETWEEN. */
  readonly block: Uint8Array;
  /** sha256 over origins, actuals and features, hex. */
  readonly fingerprint: string;
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
  const blocks = cutTime(ordered, profile, options.shortestTrainMs);
  const draw = horizonDrawer(ordered, profile, blocks, options);
  return finish(profile, blocks, replayRows(ordered, profile, draw, options.rowBudget));
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

/** The horizons of one origin; none when it is not used. */
export function drawFrom(plan: SamplingPlan, weights: Float64Array, random: Random): readonly number[] {
  return random() < plan.originShare ? drawHorizons(weights, plan.horizonsPerOrigin, random) : [];
}

/** Puts every row into its block of time. */
function finish(profile: ZoneProfile, blocks: TimeBlocks, replayed: ReplayedRows): Dataset {
  const { targetMs, ...rows } = replayed;
  const block = Uint8Array.from(targetMs, (target, row) => blockOf(rows.originMs[row] ?? 0, target, blocks));
  requireBlocks(profile, block);
  return { profile, blocks, ...rows, block, fingerprint: fingerprintOf(rows) };
}

/** sha256 over origins, actuals and features, hex. */
export function fingerprintOf(rows: Omit<ReplayedRows, 'targetMs'>): string {
  return createHash('sha256')
    .update(bytesOf(rows.originMs))
    .update(bytesOf(rows.actualMw))
    .update(bytesOf(rows.features))
    .digest('hex');
}

function bytesOf(values: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** A block may be long enough and still empty: gaps, or values that quality did not accept. */
function requireBlocks(profile: ZoneProfile, block: Uint8Array): void {
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
