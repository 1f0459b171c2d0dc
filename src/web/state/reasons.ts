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

/** What is shown, and why it is less than a model with all its inputs. */
export function qualitySentence(quality: Quality, reasons: readonly string[], modelVersion: string): string {
  if (quality === 'ok') return 'Nowcast by the model, with all its inputs.';
  const why = [...new Set(reasons.map(reasonSentence))].join(' ');
  const what =
    quality === 'degraded'
      ? 'Degraded nowcast: an input of the model is missing or old.'
      : `Fallback, no model: showing ${BASELINES[modelVersion] ?? 'a baseline'}.`;
  return why === '' ? what : `${what} ${why}`;
}

/** The model's name for people: baselines get their plain name. */
export function modelName(modelVersion: string): string {
  return BASELINES[modelVersion] ?? modelVersion;
}
