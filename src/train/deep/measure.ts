import { Tensor } from 'onnxruntime-node';
import { NowcastError } from '../../contracts/errors.js';
import { FEATURE_COUNT } from '../../features/feature-names.js';
import { INPUT_NAME, OUTPUT_NAME } from '../../model/loaded-model.js';
import { MODEL_OUTPUTS } from '../../model/model-outputs.js';
import type { FitResult } from '../fit-zone.js';
import { ablate, type Ablation } from './ablation.js';
import { featureGroups } from './feature-groups.js';
import { openTrainingSession } from '../training-session.js';

/** Ablation by the judge twin on the held-out block, which the twin has not seen. */
export async function ablateFit({ twin, manifest, block }: FitResult, seed: number): Promise<Ablation> {
  const session = await openTrainingSession(`${manifest.version} (twin)`, twin.artifact);
  const predict = async (features: Float32Array, rows: number): Promise<Float32Array> => {
    const results = await session.run({
      [INPUT_NAME]: new Tensor('float32', features, [rows, FEATURE_COUNT]),
    });
    const output = results[OUTPUT_NAME]?.data;
    if (output instanceof Float32Array && output.length === rows * MODEL_OUTPUTS) {
      return output.filter((_, at) => at % MODEL_OUTPUTS === 0);
    }
    throw new NowcastError(
      'TRAINING_FAILED',
      `model ${manifest.version}: ONNX Runtime gave no float32 value a row`,
    );
  };
  try {
    return await ablate(block, manifest.twin.scaleMw, featureGroups(), predict, seed);
  } finally {
    await session.release();
  }
}
