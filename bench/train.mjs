/** The trainer: trees alone, from history in the log to published models, and what models of other shapes cost to run. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

export async function run({ quick }) {
  const gbdt = await jsonLines(
    'train-gbdt.mjs',
    quick ? ['--rows', '500', '--trees', '5', '--leaves', '7'] : [],
  );
  const demo = await jsonLines(
    'train-demo.mjs',
    quick ? ['--days', '24', '--rows', '1000', '--gbdt', '{"trees":5,"leaves":7}'] : [],
  );
  const shapes = await jsonLines('train-inference.mjs', quick ? ['--shapes', '5x7'] : []);
  const [{ rows, columns, trees, leaves, seconds, testRmse }] = gbdt;
  const [{ zones, seconds: demoSeconds, cpuSeconds }] = demo;
  return [
    {
      caption: 'Gradient-boosted trees on a fixed synthetic set, one thread',
      columns: ['rows', 'columns', 'trees', 'leaves', 'CPU seconds', 'test RMSE'],
      rows: [[rows, columns, trees, leaves, Math.max(seconds, 0.001), testRmse]],
    },
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

/** Runs a script of this folder and reads those of its lines that are JSON objects. */
async function jsonLines(script, args) {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await runFile(process.execPath, [file, ...args]);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}
