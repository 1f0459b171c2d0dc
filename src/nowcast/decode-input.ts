import type { TopicRecords, WeatherObservation } from '../contracts/records.js';
import { MINUTE_MS } from '../contracts/time.js';
import type { InputEvent, WeatherValues } from '../features/input-event.js';

/** The topics a nowcast is made from; co-partitioned by zone. */
export const INPUT_TOPICS = [
  'demand.observed',
  'weather.observed',
  'weather.forecast',
  'demand.forecast',
] as const;
export type InputTopic = (typeof INPUT_TOPICS)[number];

export function isInputTopic(topic: string): topic is InputTopic {
  return (INPUT_TOPICS as readonly string[]).includes(topic);
}

/** Turns a validated record of an input topic into the event the pure core takes. */
export function toInputEvent<T extends InputTopic>(topic: T, record: TopicRecords[T]): InputEvent {
  switch (topic) {
    case 'demand.observed':
      return demandEvent(record as TopicRecords['demand.observed']);
    case 'weather.observed':
      return weatherEvent(record as TopicRecords['weather.observed']);
    case 'demand.forecast':
      return operatorEvent(record as TopicRecords['demand.forecast']);
    default:
      return forecastEvent(record as TopicRecords['weather.forecast']);
  }
}

function demandEvent(record: TopicRecords['demand.observed']): InputEvent {
  return {
    type: 'demand',
    zone: record.zone,
    validTimeMs: Date.parse(record.validTime),
    availableAtMs: Date.parse(record.availableAt),
    demandMw: record.demandMw,
    revision: record.revision,
    source: record.source,
  };
}

function weatherEvent(record: WeatherObservation): InputEvent {
  return {
    type: 'weather',
    zone: record.zone,
    validTimeMs: Date.parse(record.validTime),
    availableAtMs: Date.parse(record.availableAt),
    values: weatherValues(record),
  };
}

function forecastEvent(record: TopicRecords['weather.forecast']): InputEvent {
  return {
    type: 'forecast',
    zone: record.zone,
    issuedAtMs: Date.parse(record.issuedAt),
    availableAtMs: Date.parse(record.availableAt),
    validTimesMs: record.points.map((point) => Date.parse(point.validTime)),
    values: record.points.map(weatherValues),
  };
}

function operatorEvent(record: TopicRecords['demand.forecast']): InputEvent {
  return {
    type: 'operator',
    zone: record.zone,
    product: record.product,
    validTimeMs: Date.parse(record.validTime),
    stepMs: record.stepMinutes * MINUTE_MS,
    availableAtMs: Date.parse(record.availableAt),
    demandMw: record.demandMw,
  };
}

/** Step of the zone that a record states: demand does, an operator's forecast has one of its own. */
export function statedStepMinutes<T extends InputTopic>(topic: T, record: TopicRecords[T]): number | null {
  return topic === 'demand.observed' ? (record as TopicRecords['demand.observed']).stepMinutes : null;
}

type OptionalWeather = Omit<TopicRecords['weather.forecast']['points'][number], 'validTime'>;

function weatherValues(record: OptionalWeather): WeatherValues {
  return {
    temperatureC: record.temperatureC ?? Number.NaN,
    shortwaveWm2: record.shortwaveWm2 ?? Number.NaN,
    cloudPct: record.cloudPct ?? Number.NaN,
    humidityPct: record.humidityPct ?? Number.NaN,
    windMs: record.windMs ?? Number.NaN,
  };
}
