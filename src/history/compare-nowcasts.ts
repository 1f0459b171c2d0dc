import type { HistoryRangePoint } from '../contracts/generated/rest-history.js';
import { toIso } from '../contracts/time.js';
import type { DemandPoint, NowcastPoint } from '../history/history-store.js';

/**
 * Joins nowcasts of one horizon with measured demand by time.
 * @param actual rising time
 * @param nowcasts rising target time
 * @returns rising time; a side that is missing is null, never invented
 */
export function compareNowcasts(
  actual: readonly DemandPoint[],
  nowcasts: readonly NowcastPoint[],
): HistoryRangePoint[] {
  const points: HistoryRangePoint[] = [];
  let a = 0;
  let n = 0;
  while (a < actual.length || n < nowcasts.length) {
    const measured = actual[a];
    const forecast = nowcasts[n];
    const timeMs = Math.min(measured?.timeMs ?? Infinity, forecast?.timeMs ?? Infinity);
    const hasMeasured = measured?.timeMs === timeMs;
    const hasForecast = forecast?.timeMs === timeMs;
    points.push({
      time: toIso(timeMs),
      actualMw: hasMeasured ? measured.demandMw : null,
      mw: hasForecast ? forecast.mw : null,
      p10: hasForecast ? forecast.p10 : null,
      p90: hasForecast ? forecast.p90 : null,
      ...(hasForecast && forecast.quantiles !== undefined ? { quantiles: forecast.quantiles } : {}),
      modelVersion: hasForecast ? forecast.modelVersion : null,
    });
    if (hasMeasured) a += 1;
    if (hasForecast) n += 1;
  }
  return points;
}
