import type { RowProblem } from '../sources/csv/series.js';

const SHOWN = 20;
let seen = 0;

/** Names each bad row on standard error; beyond the first twenty they are counted at the end. */
export function reportRow({ file, line, reason }: RowProblem): void {
  seen += 1;
  if (seen === 1) process.on('exit', sayHowMany);
  if (seen <= SHOWN) process.stderr.write(`${file}:${line}: ${reason}\n`);
}

/** How many rows of the files are left out, once they have been read. */
export function reportSkipped(skipped: number, used: number): void {
  if (skipped > 0) process.stderr.write(`${skipped} rows skipped; ${used} are used\n`);
}

function sayHowMany(): void {
  if (seen > SHOWN) process.stderr.write(`${seen - SHOWN} more rows had problems; ${seen} in all\n`);
}
