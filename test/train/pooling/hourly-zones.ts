import { DAY_MS, HOUR_MS } from '../../../src/contracts/time.js';
import type { InputEvent } from '../../../src/features/input-event.js';
import type { ZoneProfile } from '../../../src/features/zone-profile.js';
import { seededRandom } from '../../../src/train/random.js';

export const START_MS = Date.parse('2025-01-06T00:00:00Z');

export function profileOf(zone: string, more: Partial<ZoneProfile> = {}): ZoneProfile {
  return {
    zone,
    stepMs: HOUR_MS,
    timeZone: 'America/Los_Angeles',
    holidays: 'US-CA',
    horizonsMinutes: [60, 360],
    limits: { minMw: -1e9, maxMw: 1e9, maxRampMwPerHour: Infinity },
    lateAfterMs: 3 * HOUR_MS,
    ...more,
  };
}

/** A day and a week that all zones share, a wandering level of each, and its size. */
export function demandOf(zone: string, hour: number): number {
  const random = seededRandom(zone.length * 7919 + Math.floor(hour / 24));
  const day = Math.sin((2 * Math.PI * (hour % 24)) / 24);
  const week = Math.floor(hour / 24) % 7 < 5 ? 0 : -80;
  return 1000 * zone.length + zone.length * (200 * day + week + 60 * random());
}

export interface Series {
  readonly fromHour: number;
  readonly untilHour: number;
  readonly stepMs?: number;
  /** What is written in place of a value. */
  readonly change?: (mw: number, timeMs: number) => number;
  /** Whether the operator forecast each hour a day before. */
  readonly withOperator?: boolean;
}

/** Hourly demand of a zone, each value known when its hour ends. */
export function eventsOf(zone: string, series: Series): InputEvent[] {
  const { fromHour, untilHour, stepMs = HOUR_MS, change = (mw: number) => mw, withOperator = false } = series;
  const hours = Array.from({ length: untilHour - fromHour }, (_, i): number => fromHour + i);
  return hours.flatMap((hour): InputEvent[] => {
    const validTimeMs = START_MS + hour * stepMs;
    const mw = demandOf(zone, hour);
    const demand: InputEvent = {
      ...{ type: 'demand', zone, source: 'test', revision: 0, demandMw: change(mw, validTimeMs) },
      ...{ validTimeMs, availableAtMs: validTimeMs + stepMs },
    };
    if (!withOperator) return [demand];
    const wrong = mw + 30 * Math.sin(validTimeMs / DAY_MS);
    const forecast: InputEvent = {
      ...{ type: 'operator', zone, product: 'day-ahead', demandMw: change(wrong, validTimeMs) },
      ...{ validTimeMs, stepMs, availableAtMs: validTimeMs - DAY_MS },
    };
    return [demand, forecast];
  });
}
