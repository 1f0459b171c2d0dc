import type {
  DemandEvent,
  ForecastEvent,
  InputEvent,
  OperatorEvent,
  WeatherEvent,
  WeatherValues,
} from '../features/input-event.js';

/**
 * Input events of one zone as columns: a tenth of the memory of objects, and handed to a worker without a copy.
 * Sources are not kept; nothing in training depends on them.
 */
export interface EventColumns {
  readonly zone: string;
  /** Four numbers an event: validTime, availableAt, MW, revision. */
  readonly demand: Float64Array;
  /** Seven numbers an event: validTime, availableAt, then WEATHER_FIELDS. */
  readonly weather: Float64Array;
  /** Per forecast: issuedAt, availableAt, number of points, then six numbers a point: validTime, WEATHER_FIELDS. */
  readonly forecasts: Float64Array;
  /** Five numbers an event: index in `products`, validTime, step, availableAt, MW. */
  readonly operator: Float64Array;
  /** Names of the operator's forecasts. */
  readonly products: readonly string[];
}

const WEATHER_FIELDS = ['temperatureC', 'shortwaveWm2', 'cloudPct', 'humidityPct', 'windMs'] as const;
const DEMAND_WIDTH = 4;
const OPERATOR_WIDTH = 5;
const WEATHER_WIDTH = 2 + WEATHER_FIELDS.length;
const POINT_WIDTH = 1 + WEATHER_FIELDS.length;

/** A growing column of numbers. */
class Column {
  private values = new Float64Array(256);
  private used = 0;

  push(value: number): void {
    if (this.used === this.values.length) {
      const grown = new Float64Array(this.values.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.used] = value;
    this.used += 1;
  }

  take(): Float64Array {
    return this.values.slice(0, this.used);
  }
}

/** Collects the events of one zone. */
export class EventCollector {
  private readonly demand = new Column();
  private readonly weather = new Column();
  private readonly forecasts = new Column();
  private readonly operator = new Column();
  private readonly products: string[] = [];

  constructor(private readonly zone: string) {}

  add(event: InputEvent): void {
    if (event.type === 'demand') {
      for (const value of [event.validTimeMs, event.availableAtMs, event.demandMw, event.revision])
        this.demand.push(value);
    } else if (event.type === 'weather') {
      this.weather.push(event.validTimeMs);
      this.weather.push(event.availableAtMs);
      pushValues(this.weather, event.values);
    } else if (event.type === 'forecast') {
      this.addForecast(event);
    } else {
      this.addOperator(event);
    }
  }

  private addOperator({ product, validTimeMs, stepMs, availableAtMs, demandMw }: OperatorEvent): void {
    let index = this.products.indexOf(product);
    if (index < 0) index = this.products.push(product) - 1;
    for (const value of [index, validTimeMs, stepMs, availableAtMs, demandMw]) this.operator.push(value);
  }

  private addForecast(event: ForecastEvent): void {
    this.forecasts.push(event.issuedAtMs);
    this.forecasts.push(event.availableAtMs);
    this.forecasts.push(event.validTimesMs.length);
    event.validTimesMs.forEach((validTimeMs, i) => {
      this.forecasts.push(validTimeMs);
      pushValues(this.forecasts, event.values[i]);
    });
  }

  columns(): EventColumns {
    const { zone } = this;
    return {
      zone,
      demand: this.demand.take(),
      weather: this.weather.take(),
      forecasts: this.forecasts.take(),
      operator: this.operator.take(),
      products: [...this.products],
    };
  }
}

function pushValues(column: Column, values: WeatherValues | undefined): void {
  for (const field of WEATHER_FIELDS) column.push(values?.[field] ?? Number.NaN);
}

/** Memory of the columns. */
export function bytesOf({ demand, weather, forecasts, operator }: EventColumns): number {
  return [demand, weather, forecasts, operator].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** The same columns in memory that every thread can read. */
export function shareColumns(columns: EventColumns): EventColumns {
  const { demand, weather, forecasts, operator } = columns;
  return {
    ...columns,
    demand: shared(demand),
    weather: shared(weather),
    forecasts: shared(forecasts),
    operator: shared(operator),
  };
}

function shared(values: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

/** From the start of the first interval with demand to that of the last; 0 without demand. */
export function demandSpanMs({ demand }: EventColumns): number {
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < demand.length; at += DEMAND_WIDTH) {
    const validTimeMs = demand[at] ?? Number.NaN;
    firstMs = Math.min(firstMs, validTimeMs);
    // A value dated in the future must not stretch the history.
    lastMs = Math.max(lastMs, Math.min(validTimeMs, demand[at + 1] ?? Number.NaN));
  }
  return Math.max(0, lastMs - firstMs);
}

/** The events again; each type in the order in which it was added. */
export function toEvents(columns: EventColumns): InputEvent[] {
  return [
    ...demandEvents(columns),
    ...weatherEvents(columns),
    ...forecastEvents(columns),
    ...operatorEvents(columns),
  ];
}

function demandEvents({ zone, demand }: EventColumns): DemandEvent[] {
  return Array.from({ length: demand.length / DEMAND_WIDTH }, (_, i): DemandEvent => {
    const read = (at: number): number => demand[i * DEMAND_WIDTH + at] ?? Number.NaN;
    return {
      type: 'demand',
      zone,
      validTimeMs: read(0),
      availableAtMs: read(1),
      demandMw: read(2),
      revision: read(3),
      source: 'log',
    };
  });
}

function weatherEvents({ zone, weather }: EventColumns): WeatherEvent[] {
  return Array.from({ length: weather.length / WEATHER_WIDTH }, (_, i): WeatherEvent => {
    const at = i * WEATHER_WIDTH;
    return {
      type: 'weather',
      zone,
      validTimeMs: weather[at] ?? Number.NaN,
      availableAtMs: weather[at + 1] ?? Number.NaN,
      values: readValues(weather, at + 2),
    };
  });
}

function operatorEvents({ zone, operator, products }: EventColumns): OperatorEvent[] {
  return Array.from({ length: operator.length / OPERATOR_WIDTH }, (_, i): OperatorEvent => {
    const read = (at: number): number => operator[i * OPERATOR_WIDTH + at] ?? Number.NaN;
    return {
      type: 'operator',
      zone,
      product: products[read(0)] ?? '',
      validTimeMs: read(1),
      stepMs: read(2),
      availableAtMs: read(3),
      demandMw: read(4),
    };
  });
}

function forecastEvents({ zone, forecasts }: EventColumns): ForecastEvent[] {
  const events: ForecastEvent[] = [];
  for (let at = 0; at < forecasts.length;) {
    const points = forecasts[at + 2] ?? 0;
    const first = at + 3;
    const starts = Array.from({ length: points }, (_, i) => first + i * POINT_WIDTH);
    events.push({
      type: 'forecast',
      zone,
      issuedAtMs: forecasts[at] ?? Number.NaN,
      availableAtMs: forecasts[at + 1] ?? Number.NaN,
      validTimesMs: starts.map((start) => forecasts[start] ?? Number.NaN),
      values: starts.map((start) => readValues(forecasts, start + 1)),
    });
    at = first + points * POINT_WIDTH;
  }
  return events;
}

function readValues(column: Float64Array, at: number): WeatherValues {
  const read = (field: number): number => column[at + field] ?? Number.NaN;
  return {
    temperatureC: read(0),
    shortwaveWm2: read(1),
    cloudPct: read(2),
    humidityPct: read(3),
    windMs: read(4),
  };
}
