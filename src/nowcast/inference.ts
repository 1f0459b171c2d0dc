import { performance } from 'node:perf_hooks';
import { FEATURE_COUNT } from '../features/feature-names.js';
import type { RowBuffer } from '../features/row-buffer.js';
import type { LoadedModel } from '../model/loaded-model.js';
import { MODEL_OUTPUTS } from '../model/model-outputs.js';
import type { ModelAnswer } from './request.js';

export interface InferenceHooks {
  readonly onInference?: (seconds: number) => void;
  readonly onFailure?: (version: string, error: unknown) => void;
}

interface Share {
  readonly zone: string;
  readonly buffer: RowBuffer;
}

/**
 * Answers all rows of a batch: one inference a model, models side by side. A zone without a model, or whose model
 * fails, gets no answer: the ladder then falls back, labelled.
 */
export async function answerRows(
  buffers: Iterable<[string, RowBuffer]>,
  modelOf: (zone: string) => LoadedModel | null,
  hooks: InferenceHooks = {},
): Promise<Map<string, ModelAnswer>> {
  const shares = new Map<LoadedModel, Share[]>();
  for (const [zone, buffer] of buffers) {
    const model = buffer.rows === 0 ? null : modelOf(zone);
    if (model === null) continue;
    const list = shares.get(model);
    if (list === undefined) shares.set(model, [{ zone, buffer }]);
    else list.push({ zone, buffer });
  }
  const answers = new Map<string, ModelAnswer>();
  await Promise.all([...shares].map(([model, list]) => answerModel(model, list, answers, hooks)));
  return answers;
}

async function answerModel(
  model: LoadedModel,
  shares: readonly Share[],
  answers: Map<string, ModelAnswer>,
  hooks: InferenceHooks,
): Promise<void> {
  const startedAt = performance.now();
  try {
    const { rows, count } = joined(shares);
    const output = await model.run(rows, count);
    let first = 0;
    for (const { zone, buffer } of shares) {
      const last = first + buffer.rows * MODEL_OUTPUTS;
      answers.set(zone, answerOf(model, output.subarray(first, last)));
      first = last;
    }
    hooks.onInference?.((performance.now() - startedAt) / 1000);
  } catch (error) {
    hooks.onFailure?.(model.manifest.version, error);
  }
}

function answerOf({ manifest }: LoadedModel, output: Float32Array): ModelAnswer {
  const { version, horizonsMinutes, bands } = manifest;
  return { version, horizonsMinutes, scaleMw: bands.scaleMw, p10Mw: bands.p10Mw, p90Mw: bands.p90Mw, output };
}

/** Zones that share a model share the inference; a lone zone's rows are used in place. */
function joined(shares: readonly Share[]): { rows: Float32Array; count: number } {
  const only = shares.length === 1 ? shares[0] : undefined;
  if (only !== undefined) return { rows: only.buffer.view(), count: only.buffer.rows };
  const count = shares.reduce((sum, { buffer }) => sum + buffer.rows, 0);
  const rows = new Float32Array(count * FEATURE_COUNT);
  let at = 0;
  for (const { buffer } of shares) {
    rows.set(buffer.view(), at);
    at += buffer.rows * FEATURE_COUNT;
  }
  return { rows, count };
}
