import { DAY_MS, MINUTE_MS } from '../contracts/time.js';
import { UtcOffsets } from '../features/utc-offsets.js';

/** Every offset that a zone has within a day of an instant is among those at these distances. */
const PROBES_MS = [-DAY_MS, 0, DAY_MS];

/** Converts between the wall clock of one time zone and UTC, clock changes included. */
export class WallClock {
  private readonly offsets: UtcOffsets;

  /** @throws NowcastError CONFIG_INVALID unless it is an IANA time zone */
  constructor(readonly timeZone: string) {
    this.offsets = new UtcOffsets(timeZone);
  }

  /**
   * Instants at which the wall clock of this zone shows a time: one on most days, none in the hour that spring skips,
   * two in the hour that autumn repeats (rising).
   * @param wallMs the wall clock's reading as if it were UTC
   */
  instantsOf(wallMs: number): readonly number[] {
    const found = new Set<number>();
    for (const probeMs of PROBES_MS) {
      const instant = wallMs - this.offsets.at(wallMs + probeMs);
      if (instant + this.offsets.at(instant) === wallMs) found.add(instant);
    }
    return [...found].sort((a, b) => a - b);
  }

  /** The wall clock's date at an instant, YYYY-MM-DD. */
  dateOf(epochMs: number): string {
    return new Date(epochMs + this.offsets.at(epochMs)).toISOString().slice(0, 10);
  }

  /** Minutes since the wall clock's midnight. */
  minuteOfDay(epochMs: number): number {
    const wallMs = epochMs + this.offsets.at(epochMs);
    return (((wallMs % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS;
  }

  /** First instant of a date; the day after it begins with the first instant of the next date. */
  startOf(date: string): number {
    const wallMs = wallMsOf(date);
    // A zone may change its clock at midnight: then the day begins at the first minute that exists.
    for (let minutes = 0; minutes <= 180; minutes++) {
      const [first] = this.instantsOf(wallMs + minutes * MINUTE_MS);
      if (first !== undefined) return first;
    }
    return wallMs - this.offsets.at(wallMs);
  }
}

/** Midnight of a date as if it were UTC. */
export function wallMsOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

/** The date so many days later. */
export function addDays(date: string, days: number): string {
  return new Date(wallMsOf(date) + days * DAY_MS).toISOString().slice(0, 10);
}
