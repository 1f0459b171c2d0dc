import type { OperatorForecast } from '../contracts/generated/rest-demand-forecasts.js';
import { parseIso, toIso } from '../contracts/time.js';
import type { LiveView } from '../feed/live-view.js';
import type { HistoryStore, OperatorPoint } from '../history/history-store.js';
import { MAX_RANGE_POINTS, type ResolvedRange } from './time-range.js';

type Points = Map<number, Omit<OperatorPoint, 'timeMs' | 'product' | 'stepMinutes'>>;

/**
 * The operators' own forecasts of a zone, by product: of the history, and of the last days what the live view holds, which
 * the history is about to get.
 */
export async function operatorForecasts(
  { state }: Pick<LiveView, 'state'>,
  history: Pick<HistoryStore, 'demandForecasts'>,
  zone: string,
  { fromMs, toMs }: ResolvedRange,
): Promise<OperatorForecast[]> {
  const products = new Map<string, Points>();
  const pointsOf = (product: string): Points => {
    const points: Points = products.get(product) ?? new Map<never, never>();
    products.set(product, points);
    return points;
  };
  const stored = await history.demandForecasts(zone, { fromMs, toMs, limit: MAX_RANGE_POINTS });
  for (const { timeMs, product, ...point } of stored) pointsOf(product).set(timeMs, point);
  for (const [product, forecasts] of state.operatorForecasts.between(zone, fromMs, toMs)) {
    for (const { validTime, demandMw, issuedAt, availableAt, source } of forecasts)
      pointsOf(product).set(parseIso(validTime), {
        demandMw,
        issuedAtMs: issuedAt === null ? null : parseIso(issuedAt),
        availableAtMs: parseIso(availableAt),
        source,
      });
  }
  const sorted = [...products].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([product, points]) => ({ product, points: pointsIn(points) }));
}

function pointsIn(points: Points): OperatorForecast['points'] {
  const rising = [...points].sort(([a], [b]) => a - b);
  return rising.map(([timeMs, { demandMw, issuedAtMs, availableAtMs, source }]) => ({
    time: toIso(timeMs),
    demandMw,
    issuedAt: issuedAtMs === null ? null : toIso(issuedAtMs),
    availableAt: toIso(availableAtMs),
    source,
  }));
}
