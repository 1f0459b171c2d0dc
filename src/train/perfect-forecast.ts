import { HOUR_MS, MINUTE_MS } from '../contracts/time.js';
import type { ForecastEvent, WeatherEvent } from '../features/input-event.js';
import type { ZoneProfile } from '../features/zone-profile.js';

/** Issued so often; in between, the last one still reaches far enough. */
const ISSUE_EVERY_MS = HOUR_MS;

/**
 * Forecasts that are the later observations themselves: what a backtest with perfect weather forecasts sees. They leak
 * the future on purpose and by name, and have no place outside a backtest.
 * @param weather observations of one zone, in rising validTime
 */
export function perfectForecasts(weather: readonly WeatherEvent[], profile: ZoneProfile): ForecastEvent[] {
  const reachMs = (profile.horizonsMinutes.at(-1) ?? 0) * MINUTE_MS + 2 * ISSUE_EVERY_MS;
  const forecasts: ForecastEvent[] = [];
  let issuedMs = Number.NEGATIVE_INFINITY;
  let last = 0;
  weather.forEach((observation, first) => {
    if (observation.validTimeMs - issuedMs < ISSUE_EVERY_MS) return;
    issuedMs = observation.validTimeMs;
    while (last < weather.length && (weather[last]?.validTimeMs ?? 0) <= issuedMs + reachMs) last += 1;
    const points = weather.slice(first, last);
    forecasts.push({
      type: 'forecast',
      zone: profile.zone,
      issuedAtMs: issuedMs,
      availableAtMs: observation.availableAtMs,
      validTimesMs: points.map(({ validTimeMs }) => validTimeMs),
      values: points.map(({ values }) => values),
    });
  });
  return forecasts;
}
