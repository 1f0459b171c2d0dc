import { Tensor } from 'onnxruntime-node';
import { NowcastError } from '../contracts/errors.js';
import type { ModelManifest } from '../contracts/records.js';
import { FEATURE_COUNT } from '../features/feature-names.js';
import { INPUT_NAME, openSession, OUTPUT_NAME } from '../model/loaded-model.js';
import type { BlockForecast, Forecaster, HeldOutBlock } from './held-out-block.js';

type TwinManifest = Pick<ModelManifest, 'version' | 'horizonsMinutes'> & {
  readonly twin: NonNullable<ModelManifest['twin']>;
};

/**
 * A judge twin as a forecaster, run by ONNX Runtime. Rows that it may have seen in training, and horizons that it does
 * not have, are left NaN.
 * @param artifact verified ONNX bytes
 */
export function twinForecaster(manifest: TwinManifest, artifact: Uint8Array): Forecaster {
  return async (block) => {
    const output = await run(`${manifest.version} (twin)`, artifact, block);
    return toMegawatts(manifest, block, output);
  };
}

async function run(version: string, artifact: Uint8Array, block: HeldOutBlock): Promise<Float32Array> {
  const session = await openSession(version, artifact);
  try {
    const input = new Tensor('float32', block.features, [block.rows, FEATURE_COUNT]);
    const data = (await session.run({ [INPUT_NAME]: input }))[OUTPUT_NAME]?.data;
    if (data instanceof Float32Array && data.length > 0 && data.length % block.rows === 0) return data;
    throw new NowcastError('MODEL_REFUSED', `model ${version} gave no float32 values a row`);
  } finally {
    await session.release();
  }
}

/** @param output row-major; the first column is the point forecast, in units of scale relative to the baseline */
function toMegawatts(manifest: TwinManifest, block: HeldOutBlock, output: Float32Array): BlockForecast {
  const { scaleMw, p10Mw, p90Mw, trainedUntil } = manifest.twin;
  const position = block.horizonsMinutes.map((minutes) => manifest.horizonsMinutes.indexOf(minutes));
  const unseenFromMs = Date.parse(trainedUntil);
  const columns = output.length / block.rows;
  const empty = (): Float64Array => new Float64Array(block.rows).fill(Number.NaN);
  const forecast = { mw: empty(), p10: empty(), p90: empty() };
  for (let row = 0; row < block.rows; row += 1) {
    const at = position[block.horizonIndex[row] ?? 0] ?? -1;
    if (at < 0 || (block.originMs[row] ?? 0) < unseenFromMs) continue;
    const mw = (block.baselineMw[row] ?? 0) + (scaleMw[at] ?? Number.NaN) * (output[row * columns] ?? 0);
    forecast.mw[row] = mw;
    forecast.p10[row] = mw + (p10Mw?.[at] ?? Number.NaN);
    forecast.p90[row] = mw + (p90Mw?.[at] ?? Number.NaN);
  }
  return forecast;
}
