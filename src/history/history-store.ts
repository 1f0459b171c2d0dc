/**
 * The HistoryStore port: what analysts read. Two drivers (InfluxDB 1.x and embedded LMDB), one contract suite.
 * Writes are idempotent: a point is identified by its measurement, tags and time, and overwrites.
 */
import type {
  Accuracy,
  Alert,
  DemandForecast,
  DemandObservation,
  ModelRecord,
  Nowcast,
  NowcastStep,
  QualityEvent,
  SupplyForecast,
  SupplyObservation,
  TrainingRun,
  WeatherObservation,
} from '../contracts/records.js';

export interface TimeRange {
  /** Inclusive, epoch milliseconds. */
  readonly fromMs: number;
  /** Exclusive, epoch milliseconds. */
  readonly toMs: number;
  /** Newest rows are kept when there are more. Default 100,000. */
  readonly limit?: number;
}

export interface DemandPoint {
  readonly timeMs: number;
  readonly demandMw: number;
  readonly source: string;
}

export interface WeatherPoint {
  readonly timeMs: number;
  readonly source: string;
  readonly temperatureC?: number;
  readonly humidityPct?: number;
  readonly windMs?: number;
  readonly cloudPct?: number;
  readonly shortwaveWm2?: number;
}

export interface NowcastPoint {
  /** Target time. */
  readonly timeMs: number;
  readonly horizonMinutes: number;
  readonly mw: number;
  readonly p10: number | null;
  readonly p90: number | null;
  /** Absent where there are none. */
  readonly quantiles?: NonNullable<NowcastStep['quantiles']>;
  readonly modelVersion: string;
}

/** What an operator forecast for one interval: the latest revision of the product. */
export interface OperatorPoint {
  /** Start of the interval. */
  readonly timeMs: number;
  readonly product: string;
  /** Length of the interval. */
  readonly stepMinutes: number;
  readonly demandMw: number;
  /** Null where the source does not say. */
  readonly issuedAtMs: number | null;
  readonly availableAtMs: number;
  readonly source: string;
}

/** What an operator measured or forecast of the supply side of one interval: the latest revision of the series. */
export interface SupplyPoint {
  /** Start of the interval. */
  readonly timeMs: number;
  readonly product: string;
  /** Part of the zone; null for all of it. */
  readonly area: string | null;
  readonly stepMinutes: number;
  /** Megawatts by name, for example `solar`. */
  readonly valuesMw: Readonly<Record<string, number>>;
  /** Null for what was measured, and where the source does not say. */
  readonly issuedAtMs: number | null;
  readonly availableAtMs: number;
  readonly source: string;
}

export type SupplyKind = 'observed' | 'forecast';

export function supplyKindOf({ kind }: SupplyObservation | SupplyForecast): SupplyKind {
  return kind === 'actual' ? 'observed' : 'forecast';
}

export interface PipelinePoint {
  readonly timeMs: number;
  readonly name: string;
  readonly value: number;
}

/** How far an operator's forecast and a nowcast were off in the same interval. */
export interface OperatorError {
  readonly zone: string;
  readonly product: string;
  /** Start of the interval, epoch milliseconds. */
  readonly timeMs: number;
  /** How long before the interval the operator's value could be known; below zero it came after the start. */
  readonly leadMinutes: number;
  /** Of the nowcast beside it. */
  readonly horizonMinutes: number;
  /** Forecast minus measured. */
  readonly operatorErrorMw: number;
  readonly nowcastErrorMw: number;
  /** Mean of what was measured, not 0. */
  readonly actualMw: number;
}

/** What happened beside the series. Kept for dashboards only: a driver that no dashboard reads may leave it out. */
export interface HistoryEvents {
  readonly models?: readonly ModelRecord[];
  readonly qualityEvents?: readonly QualityEvent[];
  readonly alerts?: readonly Alert[];
  readonly trainingRuns?: readonly TrainingRun[];
  readonly operatorErrors?: readonly OperatorError[];
}

/** Everything one flush writes. */
export interface HistoryWrite extends HistoryEvents {
  readonly demand?: readonly DemandObservation[];
  readonly weather?: readonly WeatherObservation[];
  readonly demandForecasts?: readonly DemandForecast[];
  readonly supply?: readonly (SupplyObservation | SupplyForecast)[];
  readonly nowcasts?: readonly Nowcast[];
  readonly accuracy?: readonly Accuracy[];
  readonly pipeline?: readonly PipelinePoint[];
}

export interface HistoryStore {
  readonly kind: 'embedded' | 'influx';
  /** Creates what is missing (database, retention). @throws NowcastError HISTORY_UNAVAILABLE (retriable) */
  open(): Promise<void>;
  /** Resolves once all of it is durable. Within one call a later record of the same identity wins. */
  write(batch: HistoryWrite): Promise<void>;
  /** Rising time; one row a time (with several sources: the source written last). */
  demand(zone: string, range: TimeRange): Promise<DemandPoint[]>;
  weather(zone: string, range: TimeRange): Promise<WeatherPoint[]>;
  /** What operators forecast themselves: rising time, and of one time by product. A limit counts points of all products. */
  demandForecasts(zone: string, range: TimeRange): Promise<OperatorPoint[]>;
  /** Rising time, and of one time by product and area, the whole zone first. A limit counts points of all series. */
  supply(zone: string, kind: SupplyKind, range: TimeRange): Promise<SupplyPoint[]>;
  /** Forecasts by target time for one horizon, rising time. */
  nowcasts(zone: string, horizonMinutes: number, range: TimeRange): Promise<NowcastPoint[]>;
  /** The whole path of the latest origin at or before the instant (latest revision), or null. */
  nowcastAt(zone: string, originAtOrBeforeMs: number): Promise<Nowcast | null>;
  accuracy(zone: string, window: Accuracy['window'], range: TimeRange): Promise<Accuracy[]>;
  /** Deletes what is older. Influx does this by its retention policy; there it sets the policy. */
  retain(olderThanMs: number): Promise<void>;
  close(): Promise<void>;
}
