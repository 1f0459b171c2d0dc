/**
 * The trainer's gradient-boosted trees and LightGBM side by side: the same rows, columns, trees and leaves, one and two
 * threads each, in turns. LightGBM is measured only where Python has it.
 *   node bench/train-gbdt.mjs [--rows 33640] [--days 120] [--trees 300] [--leaves 63] [--rounds 3] [--threads 1,2]
 * One line of JSON: for each engine and number of threads the least and the median wall and CPU seconds of binning and
 * training together, and the mean RMSE on held-out rows. Every round has a seed of its own, so that the spread of the RMSE
 * over rounds says how much of a difference between the engines is chance.
 */
import { parseArgs } from 'node:util';
import { demandRows } from './support/gbdt-rows.mjs';
import { openLightGbm } from './support/lightgbm.mjs';
import { quantile } from './support/measure.mjs';
import { withScratch } from './support/scratch.mjs';
import { binForTraining } from '../dist/train/gbdt/bins.js';
import { boostBinned } from '../dist/train/gbdt/boost.js';
import { DEFAULT_GBDT_OPTIONS } from '../dist/train/gbdt/options.js';
import { predictRows } from '../dist/train/gbdt/tree.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '33640' },
    days: { type: 'string', default: '120' },
    trees: { type: 'string', default: '300' },
    leaves: { type: 'string', default: '63' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '1,2' },
  },
});
const options = {
  ...DEFAULT_GBDT_OPTIONS,
  trees: Number(values.trees),
  leaves: Number(values.leaves),
  maxDepth: 64,
  maxBins: 254,
  minRowsPerLeaf: 30,
};
const THREADS = values.threads.split(',').map(Number);
const rows = demandRows({ days: Number(values.days), rows: Number(values.rows) });
const runs = new Map();
let version = null;
await withScratch(async (dir) => {
  const lightGbm = await openLightGbm(rows, options, dir);
  version = lightGbm?.version ?? null;
  const firstSeconds = trainHere(1, 1).seconds;
  const layouts = lightGbm === null ? [] : await fastestLayouts(lightGbm);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const [i, threads] of THREADS.entries()) {
      note('here', threads, trainHere(threads, round + 1));
      if (lightGbm !== null)
        note('LightGBM', threads, await lightGbm.train({ threads, seed: round + 1, layout: layouts[i] }));
    }
  }
  await lightGbm?.close();
  console.log(JSON.stringify(report(firstSeconds)));
});

function trainHere(threads, seed) {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const binned = binForTraining(rows.train.matrix, options.maxBins);
  const binSeconds = (performance.now() - startedAt) / 1000;
  const { ensemble } = boostBinned({ ...rows.train, binned }, null, { ...options, threads, seed });
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const { target, matrix } = rows.test;
  const squares = predictRows(ensemble, matrix).reduce((sum, value, i) => sum + (value - target[i]) ** 2, 0);
  return { seconds, binSeconds, cpuSeconds: (user + system) / 1e6, rmse: Math.sqrt(squares / target.length) };
}

/** The layout of histograms that LightGBM is faster with, for each number of threads: what its own trial would find. */
async function fastestLayouts(lightGbm) {
  const trees = Math.ceil(options.trees / 10);
  const layouts = [];
  for (const threads of THREADS) {
    const byRow = await lightGbm.train({ threads, seed: 1, trees, layout: 'row' });
    const byColumn = await lightGbm.train({ threads, seed: 1, trees, layout: 'col' });
    layouts.push(byRow.seconds < byColumn.seconds ? 'row' : 'col');
  }
  return layouts;
}

function note(engine, threads, figures) {
  const key = `${engine} ${threads}`;
  if (!runs.has(key)) runs.set(key, { engine, threads, samples: [] });
  runs.get(key).samples.push(figures);
  process.stderr.write(
    `${key.padEnd(11)} ${figures.seconds.toFixed(2)} s, CPU ${figures.cpuSeconds.toFixed(2)} s, RMSE ${figures.rmse.toFixed(4)}\n`,
  );
}

function report(firstSeconds) {
  const engines = [...runs.values()].map(({ engine, threads, samples }) => {
    const of = (field, q) =>
      quantile(
        samples.map((sample) => sample[field]),
        q,
      );
    return {
      engine,
      threads,
      fastestSeconds: of('seconds', 0),
      medianSeconds: of('seconds', 0.5),
      leastCpuSeconds: of('cpuSeconds', 0),
      medianCpuSeconds: of('cpuSeconds', 0.5),
      fastestBinSeconds: of('binSeconds', 0),
      rmse: samples.reduce((sum, { rmse }) => sum + rmse, 0) / samples.length,
      rmseLeast: of('rmse', 0),
      rmseMost: of('rmse', 1),
    };
  });
  const { matrix } = rows.train;
  return {
    rows: matrix.rows,
    columns: matrix.width,
    trees: options.trees,
    leaves: options.leaves,
    testRows: rows.test.matrix.rows,
    lightGbm: version,
    rounds: Number(values.rounds),
    firstSeconds,
    engines,
    ratios: ratiosOf(engines),
  };
}

/** Here / LightGBM, for each number of threads; empty without LightGBM. */
function ratiosOf(engines) {
  return THREADS.flatMap((threads) => {
    const [here, there] = ['here', 'LightGBM'].map((name) =>
      engines.find((each) => each.engine === name && each.threads === threads),
    );
    if (here === undefined || there === undefined) return [];
    const ratio = (field) => here[field] / there[field];
    return [
      {
        threads,
        fastest: ratio('fastestSeconds'),
        median: ratio('medianSeconds'),
        cpu: ratio('leastCpuSeconds'),
        rmse: ratio('rmse'),
      },
    ];
  });
}
