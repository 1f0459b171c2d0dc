/** Why a nowcast is not of full quality, in words a control room uses. */
const WORDS: Readonly<Record<string, string>> = {
  no_model: 'no model has been trained for this zone yet',
  model_missing: 'no model has been trained for this zone yet',
  model_refused: 'the newest model was refused',
  model_failed: 'the model could not be run',
  model_mismatch: 'the model does not fit this version of the service',
  demand_late: 'demand is late',
  demand_stale: 'demand is late',
  demand_missing: 'recent demand is missing',
  demand_gap: 'recent demand has gaps',
  demand_short: 'there is not enough demand history yet',
  history_short: 'there is not enough demand history yet',
  weather_missing: 'there is no weather for this zone',
  weather_late: 'weather is late',
  weather_stale: 'weather is late',
  weather_forecast_missing: 'the weather forecast is missing',
  forecast_missing: 'the weather forecast is missing',
};

/** One reason code in plain words; an unknown code is shown as it is, made readable. */
export function reasonWords(code: string): string {
  return WORDS[code] ?? code.replaceAll(/[_:-]+/g, ' ').trim();
}

export type Quality = 'ok' | 'degraded' | 'fallback';

const FALLBACK_NAMES: Readonly<Record<string, string>> = {
  'baseline:ramp': 'ramp baseline',
  'baseline:persistence': 'persistence',
};

/** A sentence on the quality of a nowcast: what is shown, and why it is less than a model with all its inputs. */
export function qualitySentence(quality: Quality, reasons: readonly string[], modelVersion: string): string {
  const why = [...new Set(reasons.map(reasonWords))].join('; ');
  if (quality === 'ok') return 'Nowcast by the model, with all its inputs.';
  if (quality === 'degraded') return `Degraded nowcast: ${why || 'an input is missing or old'}.`;
  const shown = FALLBACK_NAMES[modelVersion] ?? 'a baseline';
  return `Fallback, no model: showing ${shown}${why ? ` because ${why}` : ''}.`;
}

/** The model's name for people: baselines get their plain name. */
export function modelName(modelVersion: string): string {
  return FALLBACK_NAMES[modelVersion] ?? modelVersion;
}
