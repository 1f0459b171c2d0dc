import { InferenceSession, Tensor } from 'onnxruntime-node';
import { messageOf, NowcastError } from '../contracts/errors.js';
import type { ModelManifest, ModelRecord } from '../contracts/records.js';
import { FEATURE_COUNT, FEATURE_HASH } from '../features/feature-names.js';
import { MODEL_OUTPUTS } from './model-outputs.js';
import { verifyModelRecord, type TrustedKeys } from './signature.js';

/** Names of the ONNX graph's input and output; the exporter uses them too. */
export const INPUT_NAME = 'features';
export const OUTPUT_NAME = 'difference';

/** A verified model, ready to run. */
export interface LoadedModel {
  readonly manifest: ModelManifest;
  /**
   * One inference for a whole batch.
   * @param rows row-major, `count` rows of FEATURE_COUNT features
   * @returns MODEL_OUTPUTS a row, in units of the scale of its horizon: demand - baseline, then how far the model's own
   * P10 and P90 lie from that
   */
  run(rows: Float32Array, count: number): Promise<Float32Array>;
  release(): Promise<void>;
}

/**
 * Verifies and loads a published model.
 * @throws NowcastError MODEL_REFUSED (signature, checksum, unreadable ONNX), MODEL_MISMATCH (made for other features)
 */
export async function loadModel(record: ModelRecord, trusted: TrustedKeys): Promise<LoadedModel> {
  const artifact = verifyModelRecord(record, trusted);
  const { manifest } = record;
  if (manifest.featureHash !== FEATURE_HASH) {
    throw new NowcastError(
      'MODEL_MISMATCH',
      `model ${manifest.version} was trained on features ${manifest.featureHash.slice(0, 12)}, this program computes ` +
        `${FEATURE_HASH.slice(0, 12)}; train again with this version`,
    );
  }
  if (manifest.quantiles === undefined) {
    throw new NowcastError(
      'MODEL_MISMATCH',
      `model ${manifest.version} has no quantile outputs: it is of an earlier program; train again with this version`,
    );
  }
  const session = await openSession(manifest.version, artifact);
  return {
    manifest,
    run: (rows, count) => infer(session, rows, count),
    release: () => session.release(),
  };
}

/** One thread a session: a zone's batch is too small to share out, and threads of many sessions would fight. */
export async function openSession(version: string, artifact: Uint8Array): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(artifact, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw new NowcastError(
      'MODEL_REFUSED',
      `model ${version} refused: ONNX Runtime cannot load it: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

async function infer(session: InferenceSession, rows: Float32Array, count: number): Promise<Float32Array> {
  const block = rows.subarray(0, count * FEATURE_COUNT);
  const results = await session.run({ [INPUT_NAME]: new Tensor('float32', block, [count, FEATURE_COUNT]) });
  const output = results[OUTPUT_NAME];
  if (
    output === undefined ||
    !(output.data instanceof Float32Array) ||
    output.data.length !== count * MODEL_OUTPUTS
  ) {
    throw new NowcastError(
      'INTERNAL',
      `the model answered with something other than ${count * MODEL_OUTPUTS} float32 values`,
    );
  }
  return output.data;
}
