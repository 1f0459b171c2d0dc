import { Simulation } from '../../dist/sources/simulator/simulation.js';
import { simulatorZones } from '../../dist/sources/simulator/zones.js';
import { toInputEvent } from '../../dist/nowcast/decode-input.js';

export const DAY_MS = 86_400_000;
export const FROM_MS = Date.parse('2025-05-01T00:00:00Z');
/** Longest lag and what restoring reads before it. */
export const WARM_DAYS = 17;
const SCHEMA = {
  'demand.observed': 'demand-observed',
  'weather.observed': 'weather-observed',
  'weather.forecast': 'weather-forecast',
};
/** Forecasts and weather before the demand of the same chunk, as a publisher does. */
const TOPICS = ['weather.forecast', 'weather.observed', 'demand.observed'];

export const SIMULATED_ZONES = simulatorZones();

/** @returns records in the order in which they became known */
export function simulatedRecords(fromMs, toMs) {
  return [...new Simulation({ seed: 1 }).records(fromMs, toMs)];
}

/** The same as events of the pure core, with or without weather. */
export function simulatedEvents(fromMs, toMs, { weather }) {
  return simulatedRecords(fromMs, toMs)
    .filter(({ topic }) => weather || topic === 'demand.observed')
    .map(({ topic, value }) => toInputEvent(topic, value));
}

/** @returns one list of appends, each `{ topic, records }`, for each chunk of recorded time */
export function encodedChunks(codec, fromMs, toMs, chunkMs = DAY_MS) {
  const chunks = [];
  for (let at = fromMs; at < toMs; at += chunkMs) {
    const records = simulatedRecords(at, Math.min(toMs, at + chunkMs));
    chunks.push(
      TOPICS.map((topic) => ({
        topic,
        records: records
          .filter((record) => record.topic === topic)
          .map(({ value, availableAtMs }) => appendOf(codec, topic, value, availableAtMs)),
      })).filter((append) => append.records.length > 0),
    );
  }
  return chunks;
}

export function appendOf(codec, topic, value, availableAtMs) {
  return {
    key: value.zone,
    value: codec.encode(topic, value),
    timestampMs: availableAtMs,
    headers: { schema: SCHEMA[topic], source: value.source },
  };
}
