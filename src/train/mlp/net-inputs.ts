/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import { FEATURE_NAMES, featureIndex } from '../../features/feature-names.js';
import type { RowMatrix } from '../gbdt/bins.js';

/** Calendar features that enter as waves and switches, not as numbers. */
export const MINUTE_OF_DAY = featureIndex('minute_of_day');
export const DAY_OF_YEAR = featureIndex('day_of_year');
export const DAY_OF_WEEK = featureIndex('day_of_week');
export const DAY_TYPE = featureIndex('day_type');
const REPLACED = new Set(
  [
    'minute_of_day',
    'minute_of_day_sin',
    'minute_of_day_cos',
    'minute_of_day_utc',
    'day_of_week',
    'day_of_year',
    'day_type',
  ].map((name) => featureIndex(name)),
);
/** Features that enter standardised. */
export const PLAIN_FEATURES: readonly number[] = FEATURE_NAMES.map((_, index) => index).filter(
  (index) => !REPLACED.has(index),
);
/** Radians a minute or a day, one a wave. */
export const DAY_WAVES = Float32Array.from([1, 2, 3, 4, 5, 6], (k) => (2 * Math.PI * k) / 1440);
export const YEAR_WAVES = Float32Array.from([1, 2, 3], (k) => (2 * Math.PI * k) / 365.25);
export const WEEK_DAYS = 7;
export const DAY_TYPES = 3;
export const INPUT_WIDTH =
  PLAIN_FEATURES.length + 2 * DAY_WAVES.length + 2 * YEAR_WAVES.length + WEEK_DAYS + DAY_TYPES;
/** Standardised values beyond it say nothing more; a value never seen must not blow up a forecast. */
export const LARGEST_INPUT = 6;

/** How the plain features are standardised; float32 as the ONNX file stores them. */
export interface InputScaling {
  readonly mean: Float32Array;
  /** 1 / standard deviation; 0 for a feature that does not vary or may not be used. */
  readonly inverseDeviation: Float32Array;
}

/**
 * Mean and spread of the known values of every plain feature.
 * @param features those that may be used; by default all
 */
export function scaleInputs(
  { rows, width, data }: RowMatrix,
  features: readonly number[] = PLAIN_FEATURES,
): InputScaling {
  const may = new Set(features);
  const size = PLAIN_FEATURES.length;
  const known = new Float64Array(size);
  const sum = new Float64Array(size);
  const squares = new Float64Array(size);
  eachPlain(rows, width, data, (k, x) => {
    known[k]! += 1;
    sum[k]! += x;
  });
  const mean = Float32Array.from(sum, (total, k) => (known[k] === 0 ? 0 : total / known[k]!));
  eachPlain(rows, width, data, (k, x) => {
    squares[k]! += (x - mean[k]!) ** 2;
  });
  const inverseDeviation = Float32Array.from(squares, (total, k) => {
    const deviation = known[k] === 0 ? 0 : Math.sqrt(total / known[k]!);
    const varies = deviation > 1e-6 * Math.max(1, Math.abs(mean[k]!));
    return varies && may.has(PLAIN_FEATURES[k]!) ? 1 / deviation : 0;
  });
  return { mean, inverseDeviation };
}

function eachPlain(
  rows: number,
  width: number,
  data: Float32Array,
  visit: (plain: number, value: number) => void,
): void {
  for (let row = 0; row < rows; row += 1) {
    for (let k = 0; k < PLAIN_FEATURES.length; k += 1) {
      const x = data[row * width + PLAIN_FEATURES[k]!]!;
      if (!Number.isNaN(x)) visit(k, x);
    }
  }
}

/**
 * The inputs of linear and neural models: standardised features (missing = mean), waves of the day and the year, and
 * switches for the day of the week and the day type.
 * @returns row-major [rows x INPUT_WIDTH]
 */
export function netInputs({ rows, width, data }: RowMatrix, scaling: InputScaling): Float32Array {
  const inputs = new Float32Array(rows * INPUT_WIDTH);
  const { mean, inverseDeviation } = scaling;
  for (let row = 0, to = 0; row < rows; row += 1) {
    const from = row * width;
    for (let k = 0; k < PLAIN_FEATURES.length; k += 1) {
      const z = Math.fround(data[from + PLAIN_FEATURES[k]!]! - mean[k]!) * inverseDeviation[k]!;
      inputs[to++] = Number.isNaN(z) ? 0 : Math.max(-LARGEST_INPUT, Math.min(LARGEST_INPUT, z));
    }
    to = writeWaves(inputs, to, data[from + MINUTE_OF_DAY]!, DAY_WAVES);
    to = writeWaves(inputs, to, data[from + DAY_OF_YEAR]!, YEAR_WAVES);
    to = writeSwitches(inputs, to, data[from + DAY_OF_WEEK]!, WEEK_DAYS);
    to = writeSwitches(inputs, to, data[from + DAY_TYPE]!, DAY_TYPES);
  }
  return inputs;
}

/** All sines, then all cosines. */
function writeWaves(inputs: Float32Array, start: number, position: number, waves: Float32Array): number {
  let at = start;
  for (const wave of waves) inputs[at++] = Math.sin(Math.fround(position * wave));
  for (const wave of waves) inputs[at++] = Math.cos(Math.fround(position * wave));
  return at;
}

function writeSwitches(inputs: Float32Array, start: number, value: number, count: number): number {
  for (let i = 0; i < count; i += 1) inputs[start + i] = value === i ? 1 : 0;
  return start + count;
}
