import { MINUTE_MS, toIso } from '../../contracts/time.js';
import type { SourceRecord } from '../../sources/input-record.js';

/** When a value counts as known: the moment it was fetched, or, of history, when its interval ended. */
export type Availability = (intervalEndMs: number) => number;

/** One value of a source, on its way to the topic of its kind. */
export interface LoadValue {
  readonly zone: string;
  readonly kind: 'actual' | 'forecast';
  /** Which of the operator's forecasts; not used of actual values. */
  readonly product: string;
  readonly startMs: number;
  readonly stepMinutes: number;
  readonly mw: number;
  readonly source: string;
}

/** Wind, solar, fuels or net demand of one interval. */
export interface SupplyValue extends Omit<LoadValue, 'mw'> {
  /** Part of the zone, such as a trading hub; null for all of it. */
  readonly area: string | null;
  /** Megawatts by name. */
  readonly valuesMw: Readonly<Record<string, number>>;
}

/** The record of a demand value: actual and forecast go to topics of their own, and never mix. */
export function demandRecord(value: LoadValue, availableAt: Availability): SourceRecord {
  const { zone, kind, product, mw } = value;
  const common = { ...interval(value, availableAt), zone, demandMw: mw };
  const { availableAtMs } = timing(value, availableAt);
  return kind === 'actual'
    ? { topic: 'demand.observed', availableAtMs, value: { kind, ...common } }
    : // CAISO does not say when a forecast was issued, so it is null and never guessed.
      { topic: 'demand.forecast', availableAtMs, value: { kind, product, issuedAt: null, ...common } };
}

/** The record of a supply value, in the topic of its kind. */
export function supplyRecord(value: SupplyValue, availableAt: Availability): SourceRecord {
  const { zone, kind, product, area, valuesMw } = value;
  const common = { ...interval(value, availableAt), zone, product, area, valuesMw };
  const { availableAtMs } = timing(value, availableAt);
  return kind === 'actual'
    ? { topic: 'supply.observed', availableAtMs, value: { kind, ...common } }
    : { topic: 'supply.forecast', availableAtMs, value: { kind, issuedAt: null, ...common } };
}

type Timed = Pick<LoadValue, 'startMs' | 'stepMinutes' | 'source'>;

function timing({ startMs, stepMinutes }: Timed, availableAt: Availability): { availableAtMs: number } {
  return { availableAtMs: availableAt(startMs + stepMinutes * MINUTE_MS) };
}

function interval(value: Timed, availableAt: Availability) {
  const { startMs, stepMinutes, source } = value;
  const { availableAtMs } = timing(value, availableAt);
  return { validTime: toIso(startMs), stepMinutes, availableAt: toIso(availableAtMs), source, revision: 0 };
}
