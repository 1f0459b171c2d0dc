import { createHash } from 'node:crypto';
import type { ModelManifest } from '../contracts/records.js';
import { MINUTE_MS, toIso } from '../contracts/time.js';
import { FEATURE_COUNT, FEATURE_HASH } from '../features/feature-names.js';
import type { InputEvent } from '../features/input-event.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { type Bands, fitBands } from './bands.js';
import { buildDataset, type Dataset } from './dataset.js';
import { fitModel, predictModel } from './fitted-model.js';
import { DEFAULT_GBDT_OPTIONS, type GbdtOptions } from './gbdt/options.js';
import { type HeldOutResult, scoreHeldOut } from './held-out.js';
import { type HeldOutBlock, heldOutBlockOf, heldOutRows } from './held-out-block.js';
import { horizonKernel, smoothRatio } from './horizon-kernel.js';
import { type FittedModel, writeOnnx } from './onnx/write-model.js';
import { chooseRidge, fitRidge } from './ridge.js';
import { addMoments, momentsOf, standardise } from './ridge-moments.js';
import { TRAIN, VALIDATION } from './time-blocks.js';
import { selectRows, type TrainingRows } from './training-rows.js';
import { versionOf } from './version.js';

export type FitStage = 'dataset' | 'ridge' | 'trees' | 'held-out' | 'refit' | 'export';

export interface FitOptions {
  /** Nothing with a later availableAt is used; by default everything is. */
  readonly untilMs?: number;
  /** Event time at which the model counts as made; by default the latest availableAt that was used. */
  readonly createdAtMs?: number;
  readonly seed: number;
  /** Most rows of training and validation. */
  readonly rowBudget?: number;
  readonly heldOutRowBudget?: number;
  readonly gbdt?: Partial<GbdtOptions>;
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

export const DEFAULT_ROW_BUDGET = 100_000;
export const DEFAULT_HELD_OUT_ROW_BUDGET = 20_000;
/** Few, wide trees at a high rate: as accurate as twice as many narrow ones, and half the cost of every nowcast. */
const TREE_OPTIONS: Partial<GbdtOptions> = {
  trees: 100,
  leaves: 95,
  learningRate: 0.1,
  featureFraction: 0.3,
  earlyStoppingRounds: 25,
};

/** Neighbouring rows of one day err together, so a leaf needs many of them before it says something. */
function leafRules(rows: number): Partial<GbdtOptions> {
  const minRowsPerLeaf = Math.round(Math.min(200, Math.max(20, rows / 500)));
  return { minRowsPerLeaf, lambda: minRowsPerLeaf * 0.15 };
}

/**
 * Trains one zone: rows by replay, ridge + trees on the difference from the baseline, judged on the latest block of
 * time, then fitted once more on all rows with what was learnt about penalties and the number of trees.
 * So the metrics and bands in the manifest are those of the same recipe trained up to the held-out block; the model that
 * goes out has seen that block too and is, if anything, better.
 * @param events of one zone, in log order
 * @throws NowcastError TRAINING_DATA_SHORT
 */
export function fitZone(events: readonly InputEvent[], profile: ZoneProfile, options: FitOptions): FitResult {
  const report = options.onProgress ?? (() => undefined);
  report('dataset', 0);
  const dataset = buildDataset(events, profile, {
    ...(options.untilMs === undefined ? {} : { untilMs: options.untilMs }),
    rowBudget: options.rowBudget ?? DEFAULT_ROW_BUDGET,
    heldOutRowBudget: options.heldOutRowBudget ?? DEFAULT_HELD_OUT_ROW_BUDGET,
    seed: options.seed,
  });
  const kernel = horizonKernel(profile.horizonsMinutes);
  const scaleMw = horizonScales(dataset, kernel);
  const rows = rowsOf(dataset, scaleMw);
  const blockOfRows = (block: number) => selectRows(rows, (row) => dataset.block[row] === block);
  const train = blockOfRows(TRAIN);
  const validation = blockOfRows(VALIDATION);
  report('ridge', 0.15);
  const moments = momentsOf(train, standardise(train.matrix), profile.horizonsMinutes.length);
  const choice = chooseRidge(moments, validation, kernel);
  const gbdt = {
    ...DEFAULT_GBDT_OPTIONS,
    ...TREE_OPTIONS,
    ...leafRules(train.matrix.rows),
    ...options.gbdt,
    seed: options.seed,
  };
  const { horizonsMinutes } = profile;
  const early = fitRidge(moments, choice, kernel);
  const trial = fitModel(early, train, validation, horizonsMinutes, gbdt, (done, of) => {
    report('trees', 0.25 + (0.35 * done) / of);
  });
  report('held-out', 0.6);
  const block = heldOutBlockOf(dataset);
  const judged = predictModel(trial, block.features, block.horizonIndex);
  const result = evaluate(dataset, judged, scaleMw, kernel);
  report('refit', 0.65);
  addMoments(
    moments,
    selectRows(rows, (row) => dataset.block[row] !== TRAIN),
  );
  const settled = { ...gbdt, trees: trial.ensemble.trees.length, earlyStoppingRounds: 0 };
  const ridge = fitRidge(moments, choice, kernel);
  const model = fitModel(ridge, rows, null, horizonsMinutes, settled, (done, of) => {
    report('refit', 0.7 + (0.25 * done) / of);
  });
  report('export', 0.95);
  const artifact = writeOnnx(model);
  const twinArtifact = writeOnnx(trial);
  const twinBands = validationBands(trial, validation, scaleMw, kernel);
  return {
    manifest: {
      ...describe(dataset, scaleMw, result, artifact, options),
      twin: describeTwin(dataset, scaleMw, twinBands, twinArtifact),
    },
    artifact,
    model,
    expected: predictModel(model, block.features, block.horizonIndex),
    twin: { artifact: twinArtifact, expected: judged },
    block,
  };
}

/** Bands of the twin from rows before the held-out block, so that the block may judge them. */
function validationBands(
  trial: FittedModel,
  validation: TrainingRows,
  scaleMw: readonly number[],
  kernel: Float64Array,
): Bands {
  const { matrix, horizonIndex, target } = validation;
  const predicted = predictModel(trial, matrix.data, horizonIndex);
  const scaled = Float64Array.from(target, (value, row) => value - (predicted[row] ?? Number.NaN));
  return fitBands({ scaled, horizonIndex }, scaleMw, kernel);
}

/** RMS of actual - baseline on the training rows, a horizon each, shared between close ones. */
function horizonScales(dataset: Dataset, kernel: Float64Array): number[] {
  const horizons = dataset.profile.horizonsMinutes.length;
  const squares = new Float64Array(horizons);
  const counts = new Float64Array(horizons);
  for (let row = 0; row < dataset.rows; row += 1) {
    if (dataset.block[row] !== TRAIN) continue;
    const h = dataset.horizonIndex[row] ?? 0;
    squares[h] = (squares[h] ?? 0) + ((dataset.actualMw[row] ?? 0) - (dataset.baselineMw[row] ?? 0)) ** 2;
    counts[h] = (counts[h] ?? 0) + 1;
  }
  // Demand that equals its baseline throughout leaves nothing to learn; any scale will do.
  return Array.from(smoothRatio(squares, counts, kernel), (meanSquare) =>
    meanSquare > 0 ? Math.sqrt(meanSquare) : 1,
  );
}

function rowsOf(dataset: Dataset, scaleMw: readonly number[]): TrainingRows {
  const target = new Float32Array(dataset.rows);
  for (let row = 0; row < dataset.rows; row += 1) {
    const scale = scaleMw[dataset.horizonIndex[row] ?? 0] ?? 1;
    target[row] = ((dataset.actualMw[row] ?? 0) - (dataset.baselineMw[row] ?? 0)) / scale;
  }
  const matrix = { rows: dataset.rows, width: FEATURE_COUNT, data: dataset.features };
  return { matrix, target, horizonIndex: dataset.horizonIndex };
}

function evaluate(
  dataset: Dataset,
  predicted: Float32Array,
  scaleMw: readonly number[],
  kernel: Float64Array,
): HeldOutResult {
  return scoreHeldOut(dataset, heldOutRows(dataset), predicted, scaleMw, kernel);
}

function describeTwin(
  { blocks }: Dataset,
  scaleMw: number[],
  bands: Bands,
  artifact: Uint8Array,
): UnjudgedManifest['twin'] {
  return {
    sha256: createHash('sha256').update(artifact).digest('hex'),
    bytes: artifact.length,
    trainedUntil: toIso(blocks.heldOutFromMs),
    scaleMw,
    p10Mw: bands.p10Mw,
    p90Mw: bands.p90Mw,
  };
}

function describe(
  dataset: Dataset,
  scaleMw: number[],
  result: HeldOutResult,
  artifact: Uint8Array,
  options: FitOptions,
): Omit<UnjudgedManifest, 'twin'> {
  const { profile, blocks } = dataset;
  const sha256 = createHash('sha256').update(artifact).digest('hex');
  return {
    version: versionOf(profile.zone, blocks.untilMs, sha256),
    zones: [profile.zone],
    algorithm: 'ridge+gbdt',
    timeZone: profile.timeZone,
    holidays: profile.holidays,
    createdAt: toIso(options.createdAtMs ?? blocks.untilMs),
    stepMinutes: profile.stepMs / MINUTE_MS,
    horizonsMinutes: profile.horizonsMinutes.slice() as ModelManifest['horizonsMinutes'],
    featureHash: FEATURE_HASH,
    featureCount: FEATURE_COUNT,
    trainedFrom: toIso(dataset.originMs[0] ?? blocks.firstMs),
    trainedUntil: toIso(blocks.untilMs),
    rows: dataset.rows,
    dataFingerprint: dataset.fingerprint,
    bands: { scaleMw, ...result.bands },
    metrics: result.metrics,
    artifactSha256: sha256,
    artifactBytes: artifact.length,
  };
}
