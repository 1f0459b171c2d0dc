import { DAY_MS } from '../../contracts/time.js';
import { dateOf, instantOf, minuteOf, weekdayOf, type WallClock } from './wall-clock.js';

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

export type ScheduledKind = 'daily' | 'weekly';

export interface Schedule {
  /** `HH:MM` in the zone's time; null for never. */
  readonly daily: string | null;
  readonly weekly: { readonly day: (typeof WEEKDAYS)[number]; readonly time: string } | null;
}

/** A training that a zone's schedule asks for. */
export interface DueTraining {
  /** The same in every process and at every start: kind, zone and local date. */
  readonly id: string;
  readonly kind: ScheduledKind;
  readonly zone: string;
  readonly dueMs: number;
}

/**
 * What the schedule asked for last: per kind the latest time that is not after `nowMs`. A clock that is asked every so
 * often sees each date exactly once as a new id, on days of 23, 24 or 25 hours; after an absence only the latest date is
 * made up for.
 * @param clock of the zone
 */
export function latestDue(zone: string, clock: WallClock, schedule: Schedule, nowMs: number): DueTraining[] {
  const { daily, weekly } = schedule;
  const due: DueTraining[] = [];
  if (daily !== null) due.push(latest('daily', zone, clock, minuteOf(daily), () => true, nowMs));
  if (weekly !== null) {
    const wanted = WEEKDAYS.indexOf(weekly.day);
    due.push(latest('weekly', zone, clock, minuteOf(weekly.time), (day) => weekdayOf(day) === wanted, nowMs));
  }
  return due;
}

function latest(
  kind: ScheduledKind,
  zone: string,
  clock: WallClock,
  minute: number,
  matches: (day: number) => boolean,
  nowMs: number,
): DueTraining {
  // A time zone may skip a whole date, whose instant then lies on the next: hence a day ahead.
  let day = clock.localDay(nowMs + DAY_MS);
  let dueMs = instantOf(clock, day, minute);
  while (dueMs > nowMs || !matches(day)) {
    day -= 1;
    dueMs = instantOf(clock, day, minute);
  }
  return { id: `${kind}/${zone}/${dateOf(day)}`, kind, zone, dueMs };
}

/** What is known of a zone's trainings. */
export interface ZoneTrainingHistory {
  /** Start of its first recorded training; null when it never had one. */
  readonly firstStartedMs: number | null;
  /** Start of the latest finished training of each kind. */
  readonly lastStartedMs: (kind: ScheduledKind) => number | null;
  readonly hasAnswered: (requestId: string) => boolean;
}

/**
 * True when a due training has yet to be asked for: it was not answered, no later training did its work, and the zone
 * was being trained before it was due (a new zone begins with its first model, not with dates that it never saw).
 */
export function isWanted({ id, kind, dueMs }: DueTraining, history: ZoneTrainingHistory): boolean {
  if (history.hasAnswered(id)) return false;
  if (history.firstStartedMs === null || history.firstStartedMs > dueMs) return false;
  const last = history.lastStartedMs(kind);
  return last === null || last < dueMs;
}
