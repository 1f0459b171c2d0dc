import { FEATURE_COUNT } from '../../features/feature-names.js';
import type { HeldOutBlock } from '../held-out-block.js';
import { type Random, seededRandom } from '../random.js';
import type { FeatureGroup } from './feature-groups.js';

/** Bands of horizons that importance is told for, minutes. */
const BANDS = [60, 360, 1440] as const;

export interface BandMape {
  /** Horizons up to this one, and beyond the band before. */
  readonly untilMinutes: number;
  readonly rows: number;
  /** Percent. */
  readonly mape: number;
}

export interface AblatedGroup {
  readonly group: string;
  readonly features: number;
  /** What MAPE becomes without what the group knows, by band, percent. */
  readonly bands: readonly BandMape[];
}

export interface Ablation {
  readonly bands: readonly BandMape[];
  /** In the order of what they are worth over all rows. */
  readonly groups: readonly AblatedGroup[];
}

/** Model output for rows, in units of scale. */
export type Predict = (features: Float32Array, rows: number) => Promise<Float32Array>;

/**
 * What each group of features is worth to a model: the columns of a group are exchanged between rows of the same horizon,
 * together, so that they keep their distribution and lose what they say about the row.
 * Source: Breiman (2001), Random forests, section 10.
 * @param block rows that the model has not seen
 * @param scaleMw per horizon
 */
export async function ablate(
  block: HeldOutBlock,
  scaleMw: readonly number[],
  groups: readonly FeatureGroup[],
  predict: Predict,
  seed: number,
): Promise<Ablation> {
  const measure = async (features: Float32Array): Promise<Float64Array> =>
    percentErrors(block, scaleMw, await predict(features, block.rows));
  const whole = await measure(block.features);
  const ablated: { readonly worth: number; readonly result: AblatedGroup }[] = [];
  for (const { name, columns } of groups) {
    const errors = await measure(shuffled(block, columns, seededRandom(seed)));
    const result = { group: name, features: columns.length, bands: bandsOf(block, errors) };
    ablated.push({ worth: mean(errors) - mean(whole), result });
  }
  ablated.sort((a, b) => b.worth - a.worth);
  return { bands: bandsOf(block, whole), groups: ablated.map(({ result }) => result) };
}

/** The block's features with some columns exchanged between rows of one horizon. */
export function shuffled(block: HeldOutBlock, columns: readonly number[], random: Random): Float32Array {
  const features = block.features.slice();
  const byHorizon = new Map<number, number[]>();
  for (let row = 0; row < block.rows; row += 1) {
    const horizon = block.horizonIndex[row] ?? 0;
    const rows = byHorizon.get(horizon);
    if (rows === undefined) byHorizon.set(horizon, [row]);
    else rows.push(row);
  }
  for (const rows of byHorizon.values()) {
    const from = permuted(rows, random);
    rows.forEach((row, i) => {
      const other = from[i] ?? row;
      for (const column of columns) {
        features[row * FEATURE_COUNT + column] = block.features[other * FEATURE_COUNT + column] ?? Number.NaN;
      }
    });
  }
  return features;
}

/** Fisher-Yates. */
function permuted(rows: readonly number[], random: Random): number[] {
  const result = [...rows];
  for (let i = result.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j] ?? 0, result[i] ?? 0];
  }
  return result;
}

/** Absolute errors in percent of what came; NaN where nothing came. */
function percentErrors(block: HeldOutBlock, scaleMw: readonly number[], output: Float32Array): Float64Array {
  return Float64Array.from({ length: block.rows }, (_, row) => {
    const actual = block.actualMw[row] ?? Number.NaN;
    const scale = scaleMw[block.horizonIndex[row] ?? 0] ?? Number.NaN;
    const forecast = (block.baselineMw[row] ?? Number.NaN) + scale * (output[row] ?? Number.NaN);
    return actual === 0 ? Number.NaN : (100 * Math.abs(forecast - actual)) / Math.abs(actual);
  });
}

function bandsOf(block: HeldOutBlock, errors: Float64Array): BandMape[] {
  return BANDS.flatMap((untilMinutes, band) => {
    const afterMinutes = BANDS[band - 1] ?? 0;
    const inBand = errors.filter((_, row) => {
      const minutes = block.horizonsMinutes[block.horizonIndex[row] ?? 0] ?? 0;
      return minutes > afterMinutes && minutes <= untilMinutes;
    });
    return inBand.length === 0 ? [] : [{ untilMinutes, rows: inBand.length, mape: mean(inBand) }];
  });
}

function mean(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
}
