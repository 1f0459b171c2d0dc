/**
 * Cost of a nowcast's inference with a trained model: ONNX Runtime, one thread, batches of 64 nowcasts.
 *   node bench/train-inference.mjs [--shapes 100x31,200x47]
 * Rows are random and trees are grown on them, so that paths are as deep as real ones.
 */
import { parseArgs } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { groupsOf } from './support/model.mjs';

const { values } = parseArgs({
  options: {
    shapes: { type: 'string', default: '0x0,100x31,140x47,200x31,200x47,300x63' },
    depth: { type: 'string', default: '12' },
    dist: { type: 'string', default: new URL('../dist/', import.meta.url).pathname },
  },
});
const load = (file) => import(`${values.dist}/${file}`);
const { boost } = await load('train/gbdt/boost.js');
const { DEFAULT_GBDT_OPTIONS } = await load('train/gbdt/options.js');
const { seededRandom } = await load('train/random.js');
const { writeOnnx } = await load('train/onnx/write-model.js');
const { FEATURE_COUNT, featureIndex } = await load('features/feature-names.js');
const { defaultHorizonsMinutes } = await load('features/zone-profile.js');

const horizonsMinutes = defaultHorizonsMinutes(5);
const NOWCASTS = 64;
const random = seededRandom(1);
const rows = NOWCASTS * horizonsMinutes.length;
const data = Float32Array.from({ length: rows * FEATURE_COUNT }, () => random() - 0.5);
const column = featureIndex('horizon_minutes');
for (let row = 0; row < rows; row += 1)
  data[row * FEATURE_COUNT + column] = horizonsMinutes[row % horizonsMinutes.length];
const target = Float32Array.from({ length: rows }, (_, row) => {
  const x = (i) => data[row * FEATURE_COUNT + i];
  return Math.sin(9 * x(0)) + x(1) * x(2) + Math.abs(x(3)) + (random() - 0.5);
});
for (const shape of values.shapes.split(',')) {
  const [trees, leaves] = shape.split('x').map(Number);
  const options = {
    ...DEFAULT_GBDT_OPTIONS,
    trees,
    leaves,
    maxDepth: Number(values.depth),
    minRowsPerLeaf: 5,
  };
  const { ensemble } = boost({ matrix: { rows, width: FEATURE_COUNT, data }, target }, null, options);
  const bytes = writeOnnx(groupsOf(horizonsMinutes, ensemble));
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const run = () => session.run({ features: new Tensor('float32', data, [rows, FEATURE_COUNT]) });
  for (let i = 0; i < 10; i += 1) await run();
  const times = [];
  for (let i = 0; i < 40; i += 1) {
    const startedAt = performance.now();
    await run();
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const microseconds = (ms) => Math.round((1000 * ms) / NOWCASTS);
  console.log(
    JSON.stringify({
      trees,
      leaves,
      bytes: bytes.length,
      fastestUs: microseconds(times[0]),
      medianUs: microseconds(times[20]),
    }),
  );
  await session.release();
}
