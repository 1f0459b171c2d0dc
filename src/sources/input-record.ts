import type {
  DemandForecast,
  DemandObservation,
  SupplyForecast,
  SupplyObservation,
  WeatherForecast,
  WeatherObservation,
} from '../contracts/records.js';

/** One value of a forecast that an operator made itself. */
export interface OperatorRecord {
  readonly topic: 'demand.forecast';
  readonly availableAtMs: number;
  readonly value: DemandForecast;
}

/** One record of an input topic on its way into the log, with its `availableAt` as epoch milliseconds. */
export type InputRecord =
  | OperatorRecord
  | { readonly topic: 'demand.observed'; readonly availableAtMs: number; readonly value: DemandObservation }
  | { readonly topic: 'weather.observed'; readonly availableAtMs: number; readonly value: WeatherObservation }
  | { readonly topic: 'weather.forecast'; readonly availableAtMs: number; readonly value: WeatherForecast };

/** Whatever a collector may publish: the inputs of nowcasts, and beside them the operator's supply side. */
export type SourceRecord =
  | InputRecord
  | { readonly topic: 'supply.observed'; readonly availableAtMs: number; readonly value: SupplyObservation }
  | { readonly topic: 'supply.forecast'; readonly availableAtMs: number; readonly value: SupplyForecast };

/** Order of records that became available at the same instant: what explains demand comes before it. */
export const TOPIC_RANK: Readonly<Record<SourceRecord['topic'], number>> = {
  'supply.observed': -3,
  'supply.forecast': -2,
  'demand.forecast': -1,
  'weather.forecast': 0,
  'weather.observed': 1,
  'demand.observed': 2,
};

/** Sorts in place by availableAt, then by topic rank; otherwise the order stays. */
export function sortByAvailability(records: InputRecord[]): InputRecord[] {
  return records.sort(
    (a, b) => a.availableAtMs - b.availableAtMs || TOPIC_RANK[a.topic] - TOPIC_RANK[b.topic],
  );
}
