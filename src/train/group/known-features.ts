/* eslint-disable @typescript-eslint/no-non-null-assertion -- hot numeric loops: typed arrays are read within their length by construction, which the compiler cannot know */
import type { RowMatrix } from '../gbdt/bins.js';

/** A feature that is known in a smaller share of the rows says more about those rows than about demand. */
const LEAST_SHARE = 0.02;

/** The columns that are known in enough of the rows to be learnt from, ascending. */
export function knownFeatures({ rows, width, data }: RowMatrix): number[] {
  const known = new Uint32Array(width);
  for (let row = 0, at = 0; row < rows; row += 1)
    for (let column = 0; column < width; column += 1, at += 1)
      if (!Number.isNaN(data[at]!)) known[column]! += 1;
  return [...known.keys()].filter((column) => known[column]! > 0 && known[column]! >= LEAST_SHARE * rows);
}
