import { Tensor } from 'onnxruntime-node';
import { NowcastError } from '../contracts/errors.js';
import type { ModelManifest } from '../contracts/records.js';
import { FEATURE_COUNT } from '../features/feature-names.js';
import { INPUT_NAME, OUTPUT_NAME } from '../model/loaded-model.js';
import { MODEL_OUTPUTS } from '../model/model-outputs.js';
import { correctBlock } from './block-bands.js';
import type { BlockForecast, Forecaster, HeldOutBlock } from './held-out-block.js';
import { openTrainingSession } from './training-session.js';

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
    return maskSeen(manifest, block, forecastOf(manifest, block, output));
  };
}

async function run(version: string, artifact: Uint8Array, block: HeldOutBlock): Promise<Float32Array> {
  const session = await openTrainingSession(version, artifact);
  try {
    const input = new Tensor('float32', block.features, [block.rows, FEATURE_COUNT]);
    const data = (await session.run({ [INPUT_NAME]: input }))[OUTPUT_NAME]?.data;
    if (data instanceof Float32Array && data.length === block.rows * MODEL_OUTPUTS) return data;
    throw new NowcastError(
      'MODEL_REFUSED',
      `model ${version} gave no ${String(MODEL_OUTPUTS)} float32 values a row`,
    );
  } finally {
    await session.release();
  }
}

/** The twin's answer with its bands as the stream's online correction would have made them along the block. */
function forecastOf(manifest: TwinManifest, block: HeldOutBlock, output: Float32Array): BlockForecast {
  const { scaleMw, p10Mw = [], p90Mw = [] } = manifest.twin;
  const position = block.horizonsMinutes.map((minutes) => manifest.horizonsMinutes.indexOf(minutes));
  const inOrder = (values: readonly number[]): number[] => position.map((at) => values[at] ?? Number.NaN);
  const begin = { p10Mw: inOrder(p10Mw), p90Mw: inOrder(p90Mw) };
  const { mw, p10, p90 } = correctBlock(block, output, inOrder(scaleMw), begin);
  return { mw, p10, p90 };
}

function maskSeen(manifest: TwinManifest, block: HeldOutBlock, forecast: BlockForecast): BlockForecast {
  const unseenFromMs = Date.parse(manifest.twin.trainedUntil);
  for (let row = 0; row < block.rows; row += 1) {
    if ((block.originMs[row] ?? 0) >= unseenFromMs && !Number.isNaN(forecast.mw[row])) continue;
    for (const column of [forecast.mw, forecast.p10, forecast.p90]) column[row] = Number.NaN;
  }
  return forecast;
}
