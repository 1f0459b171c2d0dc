import { Tensor } from 'onnxruntime-node';
import { NowcastError } from '../contracts/errors.js';
import { FEATURE_COUNT } from '../features/feature-names.js';
import { INPUT_NAME, OUTPUT_NAME } from '../model/loaded-model.js';
import { openTrainingSession } from './training-session.js';

/**
 * Largest difference allowed, in units of scale per unit of output + 1. Trees branch on equal float32 values, so what
 * remains is the rounding of float32 sums over about a hundred terms; a branch taken the other way is far above this.
 */
export const ONNX_TOLERANCE = 1e-4;

/**
 * Runs the written model through ONNX Runtime and compares it with the trainer's own prediction, row by row.
 * @param features row-major
 * @returns the largest absolute difference
 * @throws NowcastError TRAINING_FAILED when they disagree, MODEL_REFUSED when ONNX Runtime cannot load it
 */
export async function verifyOnnx(
  version: string,
  artifact: Uint8Array,
  features: Float32Array,
  expected: Float32Array,
): Promise<number> {
  const session = await openTrainingSession(version, artifact);
  try {
    const dims = [features.length / FEATURE_COUNT, FEATURE_COUNT];
    const results = await session.run({ [INPUT_NAME]: new Tensor('float32', features, dims) });
    const output = results[OUTPUT_NAME]?.data;
    if (!(output instanceof Float32Array) || output.length !== expected.length) {
      throw new NowcastError('TRAINING_FAILED', `model ${version}: ONNX Runtime gave no float32 value a row`);
    }
    return largestDifference(version, output, expected);
  } finally {
    await session.release();
  }
}

function largestDifference(version: string, output: Float32Array, expected: Float32Array): number {
  let largest = 0;
  output.forEach((value, row) => {
    const wanted = expected[row] ?? Number.NaN;
    const difference = Math.abs(value - wanted);
    if (!(difference <= ONNX_TOLERANCE * (1 + Math.abs(wanted)))) {
      throw new NowcastError(
        'TRAINING_FAILED',
        `model ${version} is not published: on row ${String(row)} ONNX Runtime says ${String(value)}, the trainer ${String(wanted)}`,
      );
    }
    largest = Math.max(largest, difference);
  });
  return largest;
}
