import type { RowMatrix } from './gbdt/bins.js';

/** Rows to learn from: features, target and which horizon each row is of. */
export interface TrainingRows {
  readonly matrix: RowMatrix;
  /** (actual - baseline) / scale of the row's horizon. */
  readonly target: Float32Array;
  /** Index into the horizons. */
  readonly horizonIndex: Uint16Array;
}

/** Copies the rows for which `keep` says so. */
export function selectRows(rows: TrainingRows, keep: (row: number) => boolean): TrainingRows {
  const chosen: number[] = [];
  for (let row = 0; row < rows.matrix.rows; row += 1) if (keep(row)) chosen.push(row);
  const { width } = rows.matrix;
  const data = new Float32Array(chosen.length * width);
  chosen.forEach((row, at) => {
    data.set(rows.matrix.data.subarray(row * width, (row + 1) * width), at * width);
  });
  return {
    matrix: { rows: chosen.length, width, data },
    target: Float32Array.from(chosen, (row) => rows.target[row] ?? Number.NaN),
    horizonIndex: Uint16Array.from(chosen, (row) => rows.horizonIndex[row] ?? 0),
  };
}
