import { FEATURE_COUNT } from '../features/feature-names.js';
import type { Dataset } from './dataset.js';
import { HELD_OUT } from './time-blocks.js';

/**
 * The latest block of time of a training, which no judge twin of it has seen: what challenger and champion are compared
 * on. Rows stand in rising origin; every array has `rows` entries unless it says otherwise.
 */
export interface HeldOutBlock {
  readonly zone: string;
  readonly rows: number;
  /** Row-major [rows x FEATURE_COUNT]. */
  readonly features: Float32Array;
  /** Start of the last interval whose demand the row knows, epoch milliseconds. */
  readonly originMs: Float64Array;
  /** Index into `horizonsMinutes`. */
  readonly horizonIndex: Uint16Array;
  readonly horizonsMinutes: readonly number[];
  /** Ramp baseline, megawatts. */
  readonly baselineMw: Float64Array;
  /** What came, megawatts. */
  readonly actualMw: Float64Array;
}

/** Forecasts of the rows of a block, megawatts. NaN in p10 and p90 where a forecaster has no band. */
export interface BlockForecast {
  readonly mw: Float64Array;
  readonly p10: Float64Array;
  readonly p90: Float64Array;
}

/** Anything that forecasts the rows of a block. */
export type Forecaster = (block: HeldOutBlock) => BlockForecast | Promise<BlockForecast>;

/** Row numbers of the held-out block in a dataset, in rising origin. */
export function heldOutRows(dataset: Dataset): number[] {
  const rows: number[] = [];
  dataset.block.forEach((block, row) => {
    if (block === HELD_OUT) rows.push(row);
  });
  return rows;
}

/** The held-out block of a dataset. */
export function heldOutBlockOf(dataset: Dataset): HeldOutBlock {
  return blockWhere(dataset, (block) => block === HELD_OUT);
}

/** The rows of a dataset whose block of time is wanted. */
export function blockWhere(dataset: Dataset, isWanted: (block: number) => boolean): HeldOutBlock {
  const { profile, rows, features, originMs, horizonIndex, baselineMw, actualMw } = dataset;
  const { zone, horizonsMinutes } = profile;
  const whole = { zone, rows, features, originMs, horizonIndex, horizonsMinutes, baselineMw, actualMw };
  return selectBlock(whole, (row) => isWanted(dataset.block[row] ?? HELD_OUT));
}

/** The rows for which `keep` says so, in their order. */
export function selectBlock(block: HeldOutBlock, keep: (row: number) => boolean): HeldOutBlock {
  const rows: number[] = [];
  for (let row = 0; row < block.rows; row += 1) if (keep(row)) rows.push(row);
  const features = new Float32Array(rows.length * FEATURE_COUNT);
  rows.forEach((row, at) => {
    const from = row * FEATURE_COUNT;
    features.set(block.features.subarray(from, from + FEATURE_COUNT), at * FEATURE_COUNT);
  });
  const pick = (values: Float64Array): Float64Array =>
    Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
  return {
    zone: block.zone,
    rows: rows.length,
    features,
    originMs: pick(block.originMs),
    horizonIndex: Uint16Array.from(rows, (row) => block.horizonIndex[row] ?? 0),
    horizonsMinutes: block.horizonsMinutes,
    baselineMw: pick(block.baselineMw),
    actualMw: pick(block.actualMw),
  };
}

/** The rows of several blocks of one zone after each other. @param blocks one at least, with the same horizons */
export function joinBlocks(blocks: readonly [HeldOutBlock, ...HeldOutBlock[]]): HeldOutBlock {
  const [first] = blocks;
  if (blocks.length === 1) return first;
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const joined = {
    features: new Float32Array(rows * FEATURE_COUNT),
    originMs: new Float64Array(rows),
    horizonIndex: new Uint16Array(rows),
    baselineMw: new Float64Array(rows),
    actualMw: new Float64Array(rows),
  };
  let at = 0;
  for (const block of blocks) {
    joined.features.set(block.features, at * FEATURE_COUNT);
    joined.originMs.set(block.originMs, at);
    joined.horizonIndex.set(block.horizonIndex, at);
    joined.baselineMw.set(block.baselineMw, at);
    joined.actualMw.set(block.actualMw, at);
    at += block.rows;
  }
  return { zone: first.zone, horizonsMinutes: first.horizonsMinutes, rows, ...joined };
}
