import { createHash } from 'node:crypto';
import type { ModelManifest } from '../contracts/records.js';
import { MINUTE_MS, toIso } from '../contracts/time.js';
import { FEATURE_COUNT, FEATURE_HASH } from '../features/feature-names.js';
import type { InputEvent } from '../features/input-event.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import type { BandCorrection } from '../nowcast/conformal.js';
import { correctBlock, type CorrectedBlock } from './block-bands.js';
import type { Dataset } from './dataset.js';
import { ErrorSums } from './error-sums.js';
import { fitGroups, type FittedModel, runModel } from './fitted-model.js';
import { OUTPUT_QUANTILES } from './group/group-model.js';
import { blockWhere, type HeldOutBlock, heldOutBlockOf, joinBlocks } from './held-out-block.js';
import { writeOnnx } from './onnx/write-model.js';
import { type Effort, type PlanChanges, planOf } from './plan.js';
import type { Pool, PoolingOptions } from './pooling/pool.js';
import { pooledDataset } from './pooling/pooled-dataset.js';
import { TRAIN, VALIDATION } from './time-blocks.js';
import { versionOf } from './version.js';

export type FitStage = 'dataset' | 'fit' | 'held-out' | 'refit' | 'export';

export interface FitOptions extends PlanChanges {
  /** Nothing with a later availableAt is used; by default everything is. */
  readonly untilMs?: number;
  /** Event time at which the model counts as made; by default the latest availableAt that was used. */
  readonly createdAtMs?: number;
  readonly seed: number;
  /** How much work it may be; by default that of every day. */
  readonly effort?: Effort;
  /** Zones that lend rows when the history is short; by default none do. */
  readonly pooling?: PoolingOptions;
  /** @param fraction of the whole training, 0 .. 1 */
  readonly onProgress?: (stage: FitStage, fraction: number) => void;
}

/** A manifest before the gate has judged. */
export type UnjudgedManifest = Omit<ModelManifest, 'gate'> & {
  readonly twin: NonNullable<ModelManifest['twin']>;
};

export interface FitResult {
  readonly manifest: UnjudgedManifest;
  /** The ONNX bytes. */
  readonly artifact: Uint8Array;
  readonly model: FittedModel;
  /** What the model that goes out says to the rows of the block: ONNX Runtime must agree. */
  readonly expected: Float32Array;
  /** The same recipe trained only up to the held-out block; what a gate may judge on it. */
  readonly twin: { readonly artifact: Uint8Array; readonly expected: Float32Array };
  readonly block: HeldOutBlock;
}

/**
 * Trains one zone: rows by replay; for each group of horizons ridge, networks and trees and their blend, chosen on a
 * later block of time (the twin, judged on the latest block), then fitted once more on all rows with what was learnt.
 * So the metrics in the manifest are those of the same recipe trained up to the held-out block; the model that goes out
 * has seen that block too and is, if anything, better.
 * @param events of one zone, in log order
 * @throws NowcastError TRAINING_DATA_SHORT
 */
export async function fitZone(
  events: readonly InputEvent[],
  profile: ZoneProfile,
  options: FitOptions,
): Promise<FitResult> {
  const report = options.onProgress ?? (() => undefined);
  const plan = planOf(options.effort ?? 'daily', options);
  report('dataset', 0);
  const { rowBudget, heldOutRowBudget } = plan;
  const { seed, untilMs, pooling = null } = options;
  const rows = { rowBudget, heldOutRowBudget, seed, ...(untilMs === undefined ? {} : { untilMs }) };
  const { dataset, pool } = pooledDataset(events, profile, rows, pooling);
  const rowsOf = (isWanted: (block: number) => boolean) => blockWhere(dataset, isWanted);
  const validation = rowsOf((block) => block === VALIDATION);
  const twin = await fitGroups(
    joinBlocks([rowsOf((block) => block === TRAIN), ...(pool?.before ?? [])]),
    validation,
    plan,
    options.seed,
    null,
    (done) => {
      report('fit', 0.1 + 0.45 * done);
    },
  );
  report('held-out', 0.55);
  const block = heldOutBlockOf(dataset);
  const judged = runModel(twin.model, block.features, block.horizonIndex);
  const before = correctBlock(
    validation,
    runModel(twin.model, validation.features, validation.horizonIndex),
    twin.model.scaleMw,
  );
  const corrected = correctBlock(block, judged, twin.model.scaleMw, before.end);
  const { model } = await fitGroups(
    joinBlocks([rowsOf(() => true), ...(pool?.all ?? [])]),
    null,
    plan,
    options.seed,
    twin.choices,
    (done) => {
      report('refit', 0.55 + 0.4 * done);
    },
  );
  report('export', 0.95);
  const artifact = writeOnnx(model.groups);
  const twinArtifact = writeOnnx(twin.model.groups);
  return {
    manifest: {
      ...describe(dataset, model, metricsOf(block, corrected), corrected.end, artifact, options),
      ...describePool(dataset, pool),
      twin: describeTwin(dataset, twin.model, before.end, twinArtifact),
    },
    artifact,
    model,
    expected: runModel(model, block.features, block.horizonIndex),
    twin: { artifact: twinArtifact, expected: judged },
    block,
  };
}

/** Other data make another model, so the donors' rows are part of the fingerprint. */
function describePool(
  { fingerprint }: Dataset,
  pool: Pool | null,
): Partial<Pick<ModelManifest, 'pooling' | 'dataFingerprint'>> {
  if (pool === null) return {};
  const hash = createHash('sha256').update([fingerprint, ...pool.fingerprints].join('\n'));
  return { pooling: pool.record, dataFingerprint: hash.digest('hex') };
}

function metricsOf(block: HeldOutBlock, corrected: CorrectedBlock): ModelManifest['metrics'] {
  const model = block.horizonsMinutes.map(() => new ErrorSums());
  const baseline = block.horizonsMinutes.map(() => new ErrorSums());
  for (let row = 0; row < block.rows; row += 1) {
    const h = block.horizonIndex[row] ?? 0;
    const actual = block.actualMw[row] ?? 0;
    const base = block.baselineMw[row] ?? 0;
    model[h]?.add(actual, corrected.mw[row] ?? 0, corrected.p10[row] ?? 0, corrected.p90[row] ?? 0);
    baseline[h]?.add(actual, base, base, base);
  }
  return block.horizonsMinutes.map((horizonMinutes, h) => ({
    horizonMinutes,
    ...(model[h] ?? new ErrorSums()).summary(),
    baselineMape: (baseline[h] ?? new ErrorSums()).summary().mape,
  }));
}

function describeTwin(
  { blocks }: Dataset,
  model: FittedModel,
  correction: BandCorrection,
  artifact: Uint8Array,
): UnjudgedManifest['twin'] {
  return {
    sha256: createHash('sha256').update(artifact).digest('hex'),
    bytes: artifact.length,
    trainedUntil: toIso(blocks.heldOutFromMs),
    ...bandsOf(model, correction),
  };
}

function bandsOf(model: FittedModel, { p10Mw, p90Mw }: BandCorrection): ModelManifest['bands'] {
  return { scaleMw: [...model.scaleMw], p10Mw: Array.from(p10Mw), p90Mw: Array.from(p90Mw) };
}

function describe(
  dataset: Dataset,
  model: FittedModel,
  metrics: ModelManifest['metrics'],
  correction: BandCorrection,
  artifact: Uint8Array,
  options: FitOptions,
): Omit<UnjudgedManifest, 'twin'> {
  const { profile, blocks } = dataset;
  const sha256 = createHash('sha256').update(artifact).digest('hex');
  return {
    version: versionOf(profile.zone, blocks.untilMs, sha256),
    zones: [profile.zone],
    algorithm: 'ridge+mlp+gbdt',
    timeZone: profile.timeZone,
    holidays: profile.holidays,
    createdAt: toIso(options.createdAtMs ?? blocks.untilMs),
    stepMinutes: profile.stepMs / MINUTE_MS,
    horizonsMinutes: profile.horizonsMinutes.slice() as ModelManifest['horizonsMinutes'],
    featureHash: FEATURE_HASH,
    featureCount: FEATURE_COUNT,
    quantiles: [...OUTPUT_QUANTILES],
    trainedFrom: toIso(dataset.originMs[0] ?? blocks.firstMs),
    trainedUntil: toIso(blocks.untilMs),
    rows: dataset.rows,
    dataFingerprint: dataset.fingerprint,
    bands: bandsOf(model, correction),
    metrics,
    artifactSha256: sha256,
    artifactBytes: artifact.length,
  };
}
