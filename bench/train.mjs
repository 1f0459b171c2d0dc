/** The trainer: trees alone, from history in the log to published models, and what models of other shapes cost to run. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

export async function run({ quick }) {
  const gbdt = await jsonLines(
    'train-gbdt.mjs',
    quick ? ['--rows', '2000', '--days', '24', '--trees', '5', '--leaves', '7', '--rounds', '1'] : [],
  );
  const demo = await jsonLines(
    'train-demo.mjs',
    quick ? ['--days', '24', '--rows', '1000', '--gbdt', '{"trees":5,"leaves":7}'] : [],
  );
  const shapes = await jsonLines('train-inference.mjs', quick ? ['--shapes', '5x7'] : []);
  const [{ zones, seconds: demoSeconds, cpuSeconds }] = demo;
  return [
    ...treeTables(gbdt[0]),
    {
      caption: 'Simulated history in the log to published models',
      columns: ['zones', 'seconds', 'CPU seconds'],
      rows: [[zones, demoSeconds, cpuSeconds]],
    },
    {
      caption: 'Inference by shape of the trees: 64 nowcasts of 58 rows a run, ONNX Runtime, one thread',
      columns: ['trees x leaves', 'bytes', 'fastest µs a nowcast', 'median µs a nowcast'],
      rows: shapes.map((shape) => [
        `${shape.trees} x ${shape.leaves}`,
        shape.bytes,
        shape.fastestUs,
        shape.medianUs,
      ]),
    },
  ];
}

/** The trees beside LightGBM's, or alone where Python has no LightGBM. */
function treeTables({ rows, columns, trees, leaves, rounds, lightGbm, firstSeconds, engines, ratios }) {
  const set = `${rows} rows x ${columns} columns, ${trees} trees x ${leaves} leaves`;
  const beside = lightGbm === null ? 'LightGBM is not installed here' : `LightGBM ${lightGbm} in turns`;
  const tables = [
    {
      caption: `Gradient-boosted trees, binning and training: ${set}, ${rounds} rounds, ${beside}`,
      columns: [
        'engine',
        'threads',
        'fastest s',
        'median s',
        'least CPU s',
        'binning alone s',
        'mean held-out RMSE',
        'RMSE over seeds',
      ],
      rows: engines.map((each) => [
        each.engine === 'here' ? 'power-nowcast' : each.engine,
        each.threads,
        each.fastestSeconds,
        each.medianSeconds,
        each.leastCpuSeconds,
        each.fastestBinSeconds,
        each.rmse,
        `${each.rmseLeast.toFixed(3)} to ${each.rmseMost.toFixed(3)}`,
      ]),
    },
    {
      caption: 'The first training of a process, before its code is compiled, one thread',
      columns: ['seconds'],
      rows: [[firstSeconds]],
    },
  ];
  if (ratios.length === 0) return tables;
  return [
    ...tables,
    {
      caption: 'Time of power-nowcast / time of LightGBM',
      columns: ['threads', 'fastest wall', 'median wall', 'least CPU', 'held-out RMSE'],
      rows: ratios.map(({ threads, fastest, median, cpu, rmse }) => [threads, fastest, median, cpu, rmse]),
    },
  ];
}

/** Runs a script of this folder and reads those of its lines that are JSON objects. */
async function jsonLines(script, args) {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await runFile(process.execPath, [file, ...args]);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}
