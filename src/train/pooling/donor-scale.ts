import { DAY_MS } from '../../contracts/time.js';
import type { InputEvent } from '../../features/input-event.js';
import type { ZoneProfile } from '../../features/zone-profile.js';

/** How a donor's megawatts become the target zone's: gain * MW + offset. */
export interface DonorScale {
  /** Above 0. */
  readonly gain: number;
  readonly offsetMw: number;
}

/** Fewer common intervals than those of two days say too little of a zone's size and swing. */
export const MIN_COMMON_MS = 2 * DAY_MS;

/**
 * The scale that gives a donor the middle and the swing of the target zone on the intervals that both know before
 * `beforeMs`. Middle and swing are the median and the distance from the 10 % to the 90 % quantile, which a few wrong
 * values do not move.
 * @param own demand of the target zone by interval start, MW
 * @returns null when they have too little in common, or a series that does not vary
 */
export function donorScale(
  own: ReadonlyMap<number, number>,
  donor: ReadonlyMap<number, number>,
  beforeMs: number,
  stepMs: number,
): DonorScale | null {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (const [timeMs, mw] of own) {
    const other = donor.get(timeMs);
    if (timeMs >= beforeMs || other === undefined) continue;
    ours.push(mw);
    theirs.push(other);
  }
  if (ours.length * stepMs < MIN_COMMON_MS) return null;
  const [a, b] = [spreadOf(ours), spreadOf(theirs)];
  const gain = a.swing / b.swing;
  if (!(gain > 0) || !Number.isFinite(gain)) return null;
  return { gain, offsetMw: a.median - gain * b.median };
}

/** Demand by interval, the last record of each. @param untilMs later ones are not known */
export function demandByTime(events: readonly InputEvent[], untilMs: number): Map<number, number> {
  const known = new Map<number, number>();
  for (const event of events) {
    if (event.type === 'demand' && event.availableAtMs <= untilMs)
      known.set(event.validTimeMs, event.demandMw);
  }
  return known;
}

/** The events of a donor as if it were of the size of the target zone; what is measured and what its operator forecast. */
export function scaleEvents(events: readonly InputEvent[], { gain, offsetMw }: DonorScale): InputEvent[] {
  return events.map((event) =>
    'demandMw' in event ? { ...event, demandMw: gain * event.demandMw + offsetMw } : event,
  );
}

/** What is acceptable of a donor, in the megawatts of the target zone. */
export function scaleProfile(profile: ZoneProfile, { gain, offsetMw }: DonorScale): ZoneProfile {
  const { minMw, maxMw, maxRampMwPerHour } = profile.limits;
  return {
    ...profile,
    limits: {
      minMw: gain * minMw + offsetMw,
      maxMw: gain * maxMw + offsetMw,
      maxRampMwPerHour: gain * maxRampMwPerHour,
    },
  };
}

function spreadOf(values: readonly number[]): { median: number; swing: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return { median: at(0.5), swing: at(0.9) - at(0.1) };
}
