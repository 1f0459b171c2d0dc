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

/** What an operator forecasts itself for one interval; in use as of its availability, as everything else. */
export interface OperatorEvent {
  readonly type: 'operator';
  readonly zone: string;
  /** Which of its forecasts. */
  readonly product: string;
  readonly validTimeMs: number;
  /** Length of the interval that it is the mean of. */
  readonly stepMs: number;
  readonly availableAtMs: number;
  readonly demandMw: number;
}

export type InputEvent = DemandEvent | WeatherEvent | ForecastEvent | OperatorEvent;

/** Order in which events of one zone are applied when they became available at the same instant. */
export const EVENT_RANK: Readonly<Record<InputEvent['type'], number>> = {
  operator: 0,
  forecast: 1,
  weather: 2,
  demand: 3,
};
