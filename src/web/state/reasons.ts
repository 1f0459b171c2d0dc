import { REASONS } from '../../nowcast/reasons.js';

export type Quality = 'ok' | 'degraded' | 'fallback';

const SENTENCES: Readonly<Record<string, string | undefined>> = REASONS;
const BASELINES: Readonly<Record<string, string | undefined>> = {
  'baseline:ramp': 'the ramp baseline',
  'baseline:persistence': 'persistence, the last known value',
};

/** One reason code as a sentence; a code this page does not know yet is shown readably. */
export function reasonSentence(code: string): string {
  return SENTENCES[code] ?? `${code.replaceAll(/[_:-]+/g, ' ').trim()}.`;
}

/** What is shown instead of a model with all its inputs, then why, a sentence each; nothing when all is well. */
export function qualitySentences(
  quality: Quality,
  reasons: readonly string[],
  modelVersion: string,
): string[] {
  if (quality === 'ok') return [];
  const what =
    quality === 'degraded'
      ? 'Degraded nowcast: an input of the model is missing or old.'
      : `Fallback, no model: showing ${BASELINES[modelVersion] ?? 'a baseline'}.`;
  return [what, ...new Set(reasons.map(reasonSentence))];
}

/** The model's name for people: baselines get their plain name. */
export function modelName(modelVersion: string): string {
  return BASELINES[modelVersion] ?? modelVersion;
}

/** A few characters that tell versions of one zone apart: the end of the name, or the baseline's own word. */
export function shortVersion(modelVersion: string): string {
  const baseline = /^baseline:(.+)$/.exec(modelVersion)?.[1];
  if (baseline !== undefined) return baseline;
  const last = modelVersion.split('-').at(-1) ?? modelVersion;
  return /^[0-9a-f]{6,}$/.test(last) ? last.slice(0, 6) : modelVersion;
}
