import { DAY_MS } from '../contracts/time.js';
import { LAG_DAYS } from './feature-names.js';
import type { ZoneClock } from './zone-clock.js';
import type { ZoneState } from './zone-state.js';

const LONGEST_LAG_DAYS = 14;
/** Days of the target's day type that are averaged. */
const SAME_TYPE_DAYS = 6;
const LAGS = LAG_DAYS.length;
const WEEK_LAG = LAG_DAYS.indexOf(7);

/**
 * Lags and ramps of one target after another, for one origin. `begin` reads what depends on the origin alone, `move`
 * fills the public fields for a target. One instance is reused for all zones, so that a row allocates nothing.
 *
 * A lag of d days is the value at the target's time d days earlier; a ramp is that value minus the value d days before
 * the anchor. Both are NaN when the lagged time is after the origin: it could not be known.
 */
export class TargetLags {
  /** Per LAG_DAYS, megawatts. */
  readonly lagWall = new Float64Array(LAGS);
  readonly rampWall = new Float64Array(LAGS);
  readonly lagUtc = new Float64Array(LAGS);
  readonly rampUtc = new Float64Array(LAGS);
  /** Mean over the latest days of the target's day type, megawatts; NaN without one. */
  sameTypeRamp = Number.NaN;
  sameTypeLevel = Number.NaN;
  sameTypeDays = 0;
  /** Local date of the target, as a day number. */
  localDay = 0;

  /** Value `d` days before the anchor by wall clock and by UTC; index 0 is the anchor itself. */
  readonly anchorWall = new Float64Array(LONGEST_LAG_DAYS + 1);
  readonly anchorUtc = new Float64Array(LONGEST_LAG_DAYS + 1);

  private values: Float64Array = new Float64Array(0);
  private capacity = 0;
  private slotsPerDay = 0;
  private stepMs = 0;
  private originSlot = 0;
  private originIndex = 0;
  /** Steps from the origin between which the ring holds something that may be read. */
  private firstSteps = 0;
  private lastSteps = 0;
  private clock: ZoneClock | null = null;
  private constantClock = true;
  private sameDaysOf = Number.NaN;
  private readonly sameDays = new Int32Array(LONGEST_LAG_DAYS);
  private sameDayCount = 0;

  /**
   * @param originMs values after it are never read
   * @param anchorMs at or before the origin: ramps start from its value
   * @param lastTargetMs latest target that will be asked for
   */
  begin(state: ZoneState, originMs: number, anchorMs: number, lastTargetMs: number): void {
    const ring = state.ring;
    this.values = ring.values;
    this.capacity = ring.capacity;
    this.slotsPerDay = ring.slotsPerDay;
    this.stepMs = ring.stepMs;
    this.originSlot = ring.slotOf(originMs);
    this.originIndex = this.originSlot % this.capacity;
    const newestSteps = ring.newestSlot - this.originSlot;
    this.lastSteps = Math.min(0, newestSteps);
    this.firstSteps = Math.max(newestSteps, 0) - this.capacity + 1;
    this.clock = state.clock;
    this.constantClock = state.clock.offsets.isConstant(
      originMs - (LONGEST_LAG_DAYS + 3) * DAY_MS,
      lastTargetMs,
    );
    this.sameDaysOf = Number.NaN;
    const anchorSteps = ring.slotOf(anchorMs) - this.originSlot;
    for (let days = 0; days <= LONGEST_LAG_DAYS; days++) {
      const utc = anchorSteps - days * this.slotsPerDay;
      this.anchorUtc[days] = this.known(utc);
      this.anchorWall[days] = this.known(this.constantClock ? utc : this.wallSteps(anchorMs, days));
    }
  }

  /** Value at a whole number of steps after the origin; NaN for anything after it or no longer kept. */
  known(steps: number): number {
    if (steps > this.lastSteps || steps < this.firstSteps) return Number.NaN;
    const index = this.originIndex + steps;
    return this.values[index < 0 ? index + this.capacity : index] as number;
  }

  /** @param steps of the horizon; @param targetMs origin + horizon */
  move(steps: number, targetMs: number): void {
    for (let i = 0; i < LAGS; i++) {
      const days = LAG_DAYS[i] as number;
      const utc = steps - days * this.slotsPerDay;
      const lagUtc = this.known(utc);
      const rampUtc = lagUtc - (this.anchorUtc[days] as number);
      this.lagUtc[i] = lagUtc;
      this.rampUtc[i] = rampUtc;
      if (this.constantClock) {
        this.lagWall[i] = lagUtc;
        this.rampWall[i] = rampUtc;
      } else {
        const lagWall = this.known(this.wallSteps(targetMs, days));
        this.lagWall[i] = lagWall;
        this.rampWall[i] = lagWall - (this.anchorWall[days] as number);
      }
    }
    this.averageSameType(steps, targetMs);
  }

  private averageSameType(steps: number, targetMs: number): void {
    this.localDay = (this.clock as ZoneClock).localDay(targetMs);
    if (this.localDay !== this.sameDaysOf) this.findSameDays();
    let ramp = 0;
    let level = 0;
    let count = 0;
    for (let i = 0; i < this.sameDayCount && count < SAME_TYPE_DAYS; i++) {
      const days = this.sameDays[i] as number;
      const lag = this.known(
        this.constantClock ? steps - days * this.slotsPerDay : this.wallSteps(targetMs, days),
      );
      const difference = lag - (this.anchorWall[days] as number);
      if (Number.isNaN(difference)) continue;
      ramp += difference;
      level += lag;
      count++;
    }
    this.sameTypeRamp = count > 0 ? ramp / count : Number.NaN;
    this.sameTypeLevel = count > 0 ? level / count : Number.NaN;
    this.sameTypeDays = count;
  }

  /** The ramp a nowcast starts from: same day type, else 24 h, else 7 d; NaN when there is none. */
  bestRamp(): number {
    if (this.sameTypeDays > 0) return this.sameTypeRamp;
    const dayRamp = this.rampWall[0] as number;
    return Number.isNaN(dayRamp) ? (this.rampWall[WEEK_LAG] as number) : dayRamp;
  }

  private findSameDays(): void {
    const days = (this.clock as ZoneClock).days;
    const wanted = days.dayType(this.localDay);
    this.sameDaysOf = this.localDay;
    this.sameDayCount = 0;
    for (let back = 1; back <= LONGEST_LAG_DAYS; back++) {
      if (days.dayType(this.localDay - back) === wanted) this.sameDays[this.sameDayCount++] = back;
    }
  }

  private wallSteps(epochMs: number, days: number): number {
    return Math.floor((this.clock as ZoneClock).sameWallClock(epochMs, days) / this.stepMs) - this.originSlot;
  }
}
