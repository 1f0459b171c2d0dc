import { DAY_MS, HOUR_MS, MINUTE_MS } from '../contracts/time.js';
import { WEATHER_TOLERANCE_MS } from '../features/observed-weather.js';
import type { Reason } from './reasons.js';
import { type Anchor, anchorOf } from './anchor.js';
import type { ZoneStream } from './zone-stream.js';

/** Below this a model has no ramp of yesterday to work with. */
const MIN_HISTORY_MS = 25 * HOUR_MS;
/** Below this the weekly lags are missing. */
const WEEK_HISTORY_MS = 7 * DAY_MS;
/** Share of horizons that must have a value of the day before: for a model at all, and for a complete input. */
/** A model goes on from a value this long before the origin; from an older one only the baseline does. */
const MAX_MODEL_ANCHOR_AGE_MS = 6 * HOUR_MS;
const MIN_DAY_SHARE = 0.5;
const COMPLETE_DAY_SHARE = 0.9;
const WEATHER_STALE_MS = 2 * HOUR_MS;
const FORECAST_STALE_MS = DAY_MS;
/** An operator's forecast that ended longer ago is one that the zone does not have any more. */
const OPERATOR_GONE_MS = 3 * DAY_MS;

export interface InputCheck {
  /** In the order of REASONS. */
  readonly reasons: readonly Reason[];
  readonly modelUsable: boolean;
  /** asOf - time of the newest observed weather; null when the zone never had any. */
  readonly weatherAgeMs: number | null;
}

/**
 * Judges the inputs of a nowcast from the stream's origin. A model may answer when a value near enough to the origin is
 * believed, and yesterday is known; everything else that is missing only degrades.
 * @param anchor what the nowcast stands on
 */
export function checkInputs(
  stream: ZoneStream,
  asOfMs: number,
  anchor: Anchor | null = anchorOf(stream),
): InputCheck {
  const { state, originMs, profile } = stream;
  const reasons: Reason[] = [];
  if (stream.originQuarantined) reasons.push('demand_quarantined');
  if (asOfMs - (originMs + profile.stepMs) > profile.lateAfterMs) reasons.push('demand_late');
  const historyMs = state.historyMs(originMs);
  if (historyMs < WEEK_HISTORY_MS) reasons.push('history_short');
  const dayShare = shareOfDayBefore(stream);
  if (dayShare < COMPLETE_DAY_SHARE && historyMs >= MIN_HISTORY_MS) reasons.push('history_incomplete');
  const weatherAgeMs = checkWeather(stream, asOfMs, reasons);
  checkForecast(stream, asOfMs, reasons);
  checkOperator(stream, reasons);
  const isNear = anchor !== null && originMs - anchor.validTimeMs <= MAX_MODEL_ANCHOR_AGE_MS;
  const modelUsable = isNear && historyMs >= MIN_HISTORY_MS && dayShare >= MIN_DAY_SHARE;
  return { reasons, modelUsable, weatherAgeMs };
}

/** Share of the horizons up to a day for which the value of the day before is known. */
function shareOfDayBefore({ state, originMs, profile }: ZoneStream): number {
  let asked = 0;
  let known = 0;
  for (const minutes of profile.horizonsMinutes) {
    if (minutes * MINUTE_MS > DAY_MS) break;
    asked++;
    const value = state.demandAt(originMs + minutes * MINUTE_MS - DAY_MS);
    if (!Number.isNaN(value)) known++;
  }
  return asked === 0 ? 1 : known / asked;
}

function checkWeather({ state }: ZoneStream, asOfMs: number, reasons: Reason[]): number | null {
  const newestMs = state.observed?.newestMs ?? Number.NEGATIVE_INFINITY;
  if (newestMs === Number.NEGATIVE_INFINITY) return null;
  const ageMs = asOfMs - newestMs;
  if (ageMs > WEATHER_TOLERANCE_MS) reasons.push('weather_missing');
  else if (ageMs > WEATHER_STALE_MS) reasons.push('weather_stale');
  return ageMs;
}

function checkForecast({ state, originMs, profile }: ZoneStream, asOfMs: number, reasons: Reason[]): void {
  const { forecast } = state;
  if (forecast === null) return;
  const middle = profile.horizonsMinutes[profile.horizonsMinutes.length >> 1] ?? 0;
  const temperature = forecast.temperatureAt(originMs + middle * MINUTE_MS);
  if (Number.isNaN(temperature)) reasons.push('forecast_missing');
  else if (asOfMs - forecast.issuedAtMs > FORECAST_STALE_MS) reasons.push('forecast_stale');
}

function checkOperator({ state, originMs, profile }: ZoneStream, reasons: Reason[]): void {
  if (state.operator === null) return;
  const overdueMs = originMs + (profile.horizonsMinutes[0] ?? 0) * MINUTE_MS - state.operator.endMs;
  if (overdueMs >= 0 && overdueMs < OPERATOR_GONE_MS) reasons.push('operator_missing');
}
