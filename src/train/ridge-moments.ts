/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import type { RowMatrix } from './gbdt/bins.js';
import type { TrainingRows } from './training-rows.js';

/**
 * Sums of products of standardised features, per horizon: all that ridge regression needs to know of the rows. They add
 * up, so rows that come later cost only themselves.
 */
export interface Moments {
  readonly standardiser: Standardiser;
  readonly rows: Float64Array;
  readonly target: Float64Array;
  /** [H x F] */
  readonly feature: Float64Array;
  /** [H x F] feature times target. */
  readonly product: Float64Array;
  /** One upper triangle [F x F] a horizon. */
  readonly gram: readonly Float64Array[];
}

export interface Standardiser {
  readonly mean: Float32Array;
  /** 0 for a feature that does not vary: its rounding noise must not be blown up. */
  readonly inverseDeviation: Float64Array;
}

/** Mean and spread of the known values of every feature. */
export function standardise(matrix: RowMatrix): Standardiser {
  const { width, data, rows } = matrix;
  const known = new Float64Array(width);
  const sum = new Float64Array(width);
  const squares = new Float64Array(width);
  for (let row = 0, at = 0; row < rows; row += 1) {
    for (let f = 0; f < width; f += 1, at += 1) {
      const x = data[at]!;
      if (Number.isNaN(x)) continue;
      known[f]! += 1;
      sum[f]! += x;
    }
  }
  const mean = Float32Array.from(sum, (total, f) => (known[f] === 0 ? 0 : total / known[f]!));
  for (let row = 0, at = 0; row < rows; row += 1) {
    for (let f = 0; f < width; f += 1, at += 1) {
      const difference = data[at]! - mean[f]!;
      if (!Number.isNaN(difference)) squares[f]! += difference * difference;
    }
  }
  const inverseDeviation = squares.map((total, f) => {
    const deviation = known[f] === 0 ? 0 : Math.sqrt(total / known[f]!);
    return deviation > 1e-6 * Math.max(1, Math.abs(mean[f]!)) ? 1 / deviation : 0;
  });
  return { mean, inverseDeviation };
}

/** @param horizons how many there are */
export function momentsOf(rows: TrainingRows, standardiser: Standardiser, horizons: number): Moments {
  const { width } = rows.matrix;
  const moments: Moments = {
    standardiser,
    rows: new Float64Array(horizons),
    target: new Float64Array(horizons),
    feature: new Float64Array(horizons * width),
    product: new Float64Array(horizons * width),
    gram: Array.from({ length: horizons }, () => new Float64Array(width * width)),
  };
  addMoments(moments, rows);
  return moments;
}

/** Rows of one horizon are taken four at a time: the triangle is then read and written once for four products. */
const LANES = 4;

export function addMoments(moments: Moments, rows: TrainingRows): void {
  const { width } = rows.matrix;
  const byHorizon = moments.gram.map((): number[] => []);
  rows.horizonIndex.forEach((h, row) => byHorizon[h]?.push(row));
  const lanes = Array.from({ length: LANES }, () => new Float64Array(width));
  byHorizon.forEach((own, h) => {
    for (let first = 0; first < own.length; first += LANES) {
      lanes.forEach((z, lane) => {
        const row = own[first + lane];
        if (row === undefined) z.fill(0);
        else addRow(moments, rows, row, h, z);
      });
      addProducts(moments.gram[h]!, lanes);
    }
  });
}

/** Standardises one row into z, a missing value as the mean, and adds it to all sums but the triangle. */
function addRow(moments: Moments, rows: TrainingRows, row: number, h: number, z: Float64Array): void {
  const { mean, inverseDeviation } = moments.standardiser;
  const width = z.length;
  const { data } = rows.matrix;
  const target = rows.target[row]!;
  moments.rows[h]! += 1;
  moments.target[h]! += target;
  const at = row * width;
  const sums = h * width;
  for (let f = 0; f < width; f += 1) {
    const x = (data[at + f]! - mean[f]!) * inverseDeviation[f]!;
    const known = Number.isNaN(x) ? 0 : x;
    z[f] = known;
    moments.feature[sums + f]! += known;
    moments.product[sums + f]! += known * target;
  }
}

function addProducts(gram: Float64Array, lanes: readonly Float64Array[]): void {
  const [a, b, c, d] = lanes as [Float64Array, Float64Array, Float64Array, Float64Array];
  const width = a.length;
  for (let i = 0; i < width; i += 1) {
    const ai = a[i]!;
    const bi = b[i]!;
    const ci = c[i]!;
    const di = d[i]!;
    const line = i * width;
    for (let j = i; j < width; j += 1) {
      gram[line + j]! += ai * a[j]! + bi * b[j]! + ci * c[j]! + di * d[j]!;
    }
  }
}

/** Moments with those of close horizons added by the kernel's weights. @param kernel [H x H] */
export function shareMoments(own: Moments, kernel: Float64Array): Moments {
  const horizons = own.rows.length;
  const share = (of: Float64Array): Float64Array => {
    const size = of.length / horizons;
    const shared = new Float64Array(of.length);
    eachNeighbour(kernel, horizons, (h, other, weight) => {
      addScaled(
        shared.subarray(h * size, (h + 1) * size),
        of.subarray(other * size, (other + 1) * size),
        weight,
      );
    });
    return shared;
  };
  const gram = own.gram.map((triangle) => new Float64Array(triangle.length));
  eachNeighbour(kernel, horizons, (h, other, weight) => addScaled(gram[h]!, own.gram[other]!, weight));
  return {
    standardiser: own.standardiser,
    rows: share(own.rows),
    target: share(own.target),
    feature: share(own.feature),
    product: share(own.product),
    gram,
  };
}

function eachNeighbour(
  kernel: Float64Array,
  horizons: number,
  visit: (h: number, other: number, weight: number) => void,
): void {
  kernel.forEach((weight, i) => {
    if (weight > 0) visit(Math.floor(i / horizons), i % horizons, weight);
  });
}

function addScaled(into: Float64Array, from: Float64Array, weight: number): void {
  for (let i = 0; i < into.length; i += 1) into[i]! += weight * from[i]!;
}
