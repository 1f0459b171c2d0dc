/** Inference: the pipeline's batched path against ONNX Runtime bare on the same rows, and against a run for each nowcast. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { FEATURE_COUNT } from '../dist/features/feature-names.js';
import { INPUT_NAME, loadModel, OUTPUT_NAME } from '../dist/model/loaded-model.js';
import { trustedKeysFromPem } from '../dist/model/signature.js';
import { answerRows } from '../dist/nowcast/inference.js';
import { interleave, timed } from './support/measure.mjs';
import { signer } from './support/model.mjs';
import { realRows } from './support/real-rows.mjs';
import { SIMULATED_ZONES } from './support/simulated.mjs';

const ZONE = SIMULATED_ZONES[0].zone;

export async function run({ quick, model }) {
  const record = await model('default');
  const loaded = await loadModel(record, trustedKeysFromPem([signer.publicKeyPem]));
  const session = await InferenceSession.create(Buffer.from(record.artifact, 'base64'), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  try {
    const tables = [];
    for (const nowcasts of quick ? [1, 4] : [1, 64, 1024]) {
      const buffer = realRows(nowcasts);
      tables.push(await compare(loaded, session, buffer, nowcasts, quick));
    }
    return tables;
  } finally {
    await loaded.release();
    await session.release();
  }
}

async function compare(loaded, session, buffer, nowcasts, quick) {
  const { rows } = buffer;
  const data = buffer.view();
  const each = rows / nowcasts;
  const bare = async (from, count) => {
    const block = data.subarray(from * FEATURE_COUNT, (from + count) * FEATURE_COUNT);
    const { [OUTPUT_NAME]: output } = await session.run({
      [INPUT_NAME]: new Tensor('float32', block, [count, FEATURE_COUNT]),
    });
    return output.data;
  };
  const batched = async () =>
    (await answerRows([[ZONE, buffer]], () => loaded, { onFailure: rethrow })).get(ZONE);
  requireSame((await batched()).output, await bare(0, rows));
  const repeats = quick ? 2 : Math.max(1, Math.ceil(1024 / nowcasts));
  const variants = [
    { name: 'ONNX Runtime bare, one run', run: () => repeat(repeats, nowcasts, () => bare(0, rows)) },
    { name: 'pipeline, one run', run: () => repeat(repeats, nowcasts, batched) },
    {
      name: 'ONNX Runtime bare, a run for each nowcast',
      run: () =>
        repeat(repeats, nowcasts, async () => {
          for (let i = 0; i < nowcasts; i += 1) await bare(i * each, each);
        }),
    },
  ];
  const medians = await interleave(variants, { rounds: quick ? 1 : 9 });
  const base = medians.get(variants[0].name).usPerNowcast;
  return {
    caption: `${nowcasts} nowcasts of ${each} rows, ${loaded.manifest.artifactBytes} bytes of model`,
    columns: ['variant', 'µs a nowcast', 'µs a row', 'ratio'],
    rows: [...medians].map(([name, { usPerNowcast }]) => [
      name,
      usPerNowcast,
      usPerNowcast / each,
      usPerNowcast / base,
    ]),
  };
}

async function repeat(times, nowcasts, action) {
  const { cpuSeconds } = await timed(async () => {
    for (let i = 0; i < times; i += 1) await action();
  });
  return { usPerNowcast: (cpuSeconds * 1e6) / (times * nowcasts) };
}

function requireSame(ours, theirs) {
  if (ours.length !== theirs.length || ours.some((value, i) => value !== theirs[i]))
    throw new Error(
      'the pipeline and ONNX Runtime bare answer differently: the comparison would mean nothing',
    );
}

function rethrow(_version, error) {
  throw error;
}
