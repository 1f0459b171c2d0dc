/**
 * Speed of the trainer's gradient-boosted trees on a fixed synthetic set, one thread.
 *   node bench/train-gbdt.mjs [--rows 33640] [--columns 93] [--trees 300] [--leaves 63] [--csv FILE]
 * --csv writes the set (target first), so that another trainer can be timed on the very same values.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '33640' },
    columns: { type: 'string', default: '93' },
    trees: { type: 'string', default: '300' },
    leaves: { type: 'string', default: '63' },
    threads: { type: 'string', default: '1' },
    bins: { type: 'string', default: '254' },
    dist: { type: 'string', default: new URL('../dist/', import.meta.url).pathname },
    csv: { type: 'string' },
  },
});
const { boost } = await import(`${values.dist}/train/gbdt/boost.js`);
const { predictRows } = await import(`${values.dist}/train/gbdt/tree.js`);
const { DEFAULT_GBDT_OPTIONS } = await import(`${values.dist}/train/gbdt/options.js`);
const { seededRandom } = await import(`${values.dist}/train/random.js`);

function makeSet(rows, columns, seed) {
  const random = seededRandom(seed);
  const data = new Float32Array(rows * columns);
  const target = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const at = row * columns;
    for (let column = 0; column < columns; column += 1) {
      data[at + column] = column % 7 === 6 ? Math.floor(random() * 24) : random() + random() + random() - 1.5;
    }
    const x = (i) => data[at + i];
    target[row] =
      Math.sin(3 * x(0)) +
      x(1) * x(2) +
      Math.abs(x(3)) +
      0.05 * x(6) * x(4) +
      0.3 * (random() + random() - 1);
  }
  return { matrix: { rows, width: columns, data }, target };
}

const rows = Number(values.rows);
const columns = Number(values.columns);
const train = makeSet(rows, columns, 1);
const test = makeSet(10_000, columns, 2);
if (values.csv) {
  for (const [name, set] of [
    ['train', train],
    ['test', test],
  ]) {
    const lines = Array.from(set.target, (y, r) =>
      [y, ...set.matrix.data.subarray(r * columns, (r + 1) * columns)].join(','),
    );
    writeFileSync(`${values.csv}.${name}.csv`, `${lines.join('\n')}\n`);
  }
}
const options = {
  ...DEFAULT_GBDT_OPTIONS,
  trees: Number(values.trees),
  leaves: Number(values.leaves),
  maxDepth: 64,
  maxBins: Number(values.bins),
  minRowsPerLeaf: 30,
  threads: Number(values.threads),
};
const startedAt = performance.now();
const cpuBefore = process.cpuUsage().user;
const { ensemble } = boost(train, null, options);
const seconds = (process.cpuUsage().user - cpuBefore) / 1e6;
const wall = (performance.now() - startedAt) / 1e3;
const predicted = predictRows(ensemble, test.matrix);
const rmse = Math.sqrt(
  predicted.reduce((sum, value, i) => sum + (value - test.target[i]) ** 2, 0) / test.target.length,
);
console.log(
  JSON.stringify({
    rows,
    columns,
    trees: ensemble.trees.length,
    leaves: options.leaves,
    wall: Number(wall.toFixed(2)),
    seconds: Number(seconds.toFixed(2)),
    testRmse: Number(rmse.toFixed(4)),
  }),
);
