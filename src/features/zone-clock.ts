import { DAY_MS, MINUTE_MS } from '../contracts/time.js';
import { CalendarDays } from './calendar-days.js';
import { UtcOffsets } from './utc-offsets.js';

/**
 * The wall clock and calendar of a zone. Days are day numbers: days since 1970-01-01 of the local date. Correct on days
 * of 23 and 25 hours, because every answer goes through the offset that holds at its own instant.
 */
export class ZoneClock {
  constructor(
    readonly offsets: UtcOffsets,
    readonly days: CalendarDays,
  ) {}

  /** Local date as a day number. */
  localDay(epochMs: number): number {
    return Math.floor((epochMs + this.offsets.at(epochMs)) / DAY_MS);
  }

  /** Whole minutes since local midnight as the wall clock shows them, 0 .. 1439. */
  minuteOfDay(epochMs: number): number {
    const localMs = epochMs + this.offsets.at(epochMs);
    return Math.floor((localMs - Math.floor(localMs / DAY_MS) * DAY_MS) / MINUTE_MS);
  }

  /**
   * The instant at which the wall clock showed the same time `days` days earlier. A time that the clock showed twice
   * keeps its own offset where it can; a time that it skipped gives the instant one change later.
   */
  sameWallClock(epochMs: number, days: number): number {
    const offset = this.offsets.at(epochMs);
    const sameUtcMs = epochMs - days * DAY_MS;
    return sameUtcMs + offset - this.offsets.at(sameUtcMs);
  }

  /** First instant of a local day. */
  startOfDay(day: number): number {
    const localMs = day * DAY_MS;
    const guessMs = localMs - this.offsets.at(localMs);
    return localMs - this.offsets.at(guessMs);
  }
}

const clocks = new Map<string, ZoneClock>();
const offsetTables = new Map<string, UtcOffsets>();
const calendars = new Map<string, CalendarDays>();

function shared<T>(cache: Map<string, T>, key: string, make: () => T): T {
  let found = cache.get(key);
  if (found === undefined) {
    found = make();
    cache.set(key, found);
  }
  return found;
}

/**
 * The clock of a time zone and holiday region; the same instance for all zones that share them, so that ten thousand
 * zones keep one table.
 * @throws NowcastError CONFIG_INVALID for an unknown time zone or region
 */
export function zoneClock(timeZone: string, holidays: string): ZoneClock {
  return shared(clocks, `${timeZone}|${holidays}`, () => {
    const offsets = shared(offsetTables, timeZone, () => new UtcOffsets(timeZone));
    return new ZoneClock(
      offsets,
      shared(calendars, holidays, () => new CalendarDays(holidays)),
    );
  });
}
