import type { OperatorForecast } from '../contracts/generated/rest-demand-forecasts.js';
import type { LiveView } from '../feed/live-view.js';
import type { ResolvedRange } from './time-range.js';

/** The operators' own forecasts of a zone that the live view holds, by product. */
export function operatorForecasts(
  { state }: Pick<LiveView, 'state'>,
  zone: string,
  { fromMs, toMs }: ResolvedRange,
): OperatorForecast[] {
  return [...state.operatorForecasts.between(zone, fromMs, toMs)].map(([product, forecasts]) => ({
    product,
    points: forecasts.map(({ validTime, demandMw, issuedAt, availableAt, source }) => ({
      time: validTime,
      demandMw,
      issuedAt,
      availableAt,
      source,
    })),
  }));
}
