/** The inputs of the pure core: records of the input topics with their times as epoch milliseconds. */

/** Weather variables; NaN where unknown. Never a default value. */
export interface WeatherValues {
  readonly temperatureC: number;
  readonly shortwaveWm2: number;
  readonly cloudPct: number;
  readonly humidityPct: number;
  readonly windMs: number;
}

export interface DemandEvent {
  readonly type: 'demand';
  readonly zone: string;
  readonly validTimeMs: number;
  readonly availableAtMs: number;
  readonly demandMw: number;
  readonly revision: number;
  readonly source: string;
}

export interface WeatherEvent {
  readonly type: 'weather';
  readonly zone: string;
  readonly validTimeMs: number;
  readonly availableAtMs: number;
  readonly values: WeatherValues;
}

export interface ForecastEvent {
  readonly type: 'forecast';
  readonly zone: string;
  readonly issuedAtMs: number;
  readonly availableAtMs: number;
  /** Rising. */
  readonly validTimesMs: readonly number[];
  readonly values: readonly WeatherValues[];
}

export type InputEvent = DemandEvent | WeatherEvent | ForecastEvent;

/** Order in which events of one zone are applied when they became available at the same instant. */
export const EVENT_RANK: Readonly<Record<InputEvent['type'], number>> = {
  forecast: 0,
  weather: 1,
  demand: 2,
};
