import { MINUTE_MS, toIso } from '../contracts/time.js';
import type { WeatherValues } from '../features/input-event.js';
import type { ZoneDemand, ZoneWeather } from '../sources/csv/series.js';
import type { InputRecord } from '../sources/input-record.js';

/** One zone's series of one topic, in rising availability. */
export interface Lane {
  readonly length: number;
  availableAtMs(row: number): number;
  record(row: number): InputRecord;
}

export function demandLane(
  { zone, timesMs, demandMw }: ZoneDemand,
  stepMinutes: number,
  source: string,
): Lane {
  const availableAtMs = (row: number): number => (timesMs[row] ?? Number.NaN) + stepMinutes * MINUTE_MS;
  return {
    length: timesMs.length,
    availableAtMs,
    record: (row) => ({
      topic: 'demand.observed',
      availableAtMs: availableAtMs(row),
      value: {
        zone,
        kind: 'actual',
        validTime: toIso(timesMs[row] ?? Number.NaN),
        stepMinutes,
        demandMw: demandMw[row] ?? Number.NaN,
        availableAt: toIso(availableAtMs(row)),
        source,
        revision: 0,
      },
    }),
  };
}

export function weatherLane({ zone, timesMs, values }: ZoneWeather, source: string): Lane {
  const variables = Object.keys(values) as (keyof WeatherValues)[];
  const availableAtMs = (row: number): number => timesMs[row] ?? Number.NaN;
  return {
    length: timesMs.length,
    availableAtMs,
    record: (row) => {
      const time = toIso(availableAtMs(row));
      const known: Partial<Record<keyof WeatherValues, number>> = {};
      for (const variable of variables) {
        const value = values[variable][row] ?? Number.NaN;
        if (!Number.isNaN(value)) known[variable] = value;
      }
      const base = {
        zone,
        kind: 'observed',
        validTime: time,
        availableAt: time,
        source,
        revision: 0,
      } as const;
      return { topic: 'weather.observed', availableAtMs: availableAtMs(row), value: { ...base, ...known } };
    },
  };
}
