import { NowcastError } from '../contracts/errors.js';
import { DAY_MS, MINUTE_MS } from '../contracts/time.js';

const WEEK_MS = 7 * DAY_MS;
const YEAR_MS = 366 * DAY_MS;
const LATEST_MS = Date.UTC(2200, 0, 1);
const OFFSET_TEXT = /GMT(?:([+-])(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/**
 * UTC offsets of one IANA time zone as a table of constant segments, built from Intl the first time an instant is
 * asked for. Intl is asked once a week of covered time, so that even month-long shifts are found; a lookup then costs
 * a comparison.
 */
export class UtcOffsets {
  private readonly format: Intl.DateTimeFormat;
  /** Segment starts, rising; segment i ends where i + 1 starts, the last one at `coveredTo`. */
  private readonly starts: number[] = [];
  private readonly offsets: number[] = [];
  private coveredTo = 0;
  private segmentFrom = 0;
  private segmentTo = 0;
  private segmentOffset = 0;

  /** @throws NowcastError CONFIG_INVALID when the runtime does not know the time zone */
  constructor(readonly timeZone: string) {
    try {
      this.format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    } catch (cause) {
      throw new NowcastError(
        'CONFIG_INVALID',
        `unknown time zone ${JSON.stringify(timeZone)}: use an IANA name`,
        { cause },
      );
    }
  }

  /** Milliseconds to add to UTC to get the wall clock. Instants outside 1970..2200 get the nearest known offset. */
  at(epochMs: number): number {
    if (epochMs < this.segmentFrom || epochMs >= this.segmentTo) this.seek(epochMs);
    return this.segmentOffset;
  }

  /** True when the clock does not change between the two instants (both included). */
  isConstant(fromMs: number, toMs: number): boolean {
    if (fromMs < this.segmentFrom || toMs >= this.segmentTo) {
      this.seek(toMs);
      this.seek(fromMs);
    }
    return toMs < this.segmentTo;
  }

  private seek(epochMs: number): void {
    const wantedMs = Math.min(Math.max(epochMs, 0), LATEST_MS);
    this.cover(wantedMs);
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] as number) <= wantedMs) low = middle;
      else high = middle - 1;
    }
    this.segmentFrom = this.starts[low] as number;
    this.segmentTo = this.starts[low + 1] ?? this.coveredTo;
    this.segmentOffset = this.offsets[low] as number;
  }

  private cover(wantedMs: number): void {
    const first = this.starts[0];
    if (first === undefined) {
      this.coveredTo = wantedMs - YEAR_MS;
      this.starts.push(this.coveredTo);
      this.offsets.push(this.ask(this.coveredTo));
    } else if (wantedMs < first) {
      this.prepend(first, wantedMs - YEAR_MS);
    }
    if (wantedMs >= this.coveredTo) this.append(wantedMs + YEAR_MS);
  }

  private append(untilMs: number): void {
    while (this.coveredTo < untilMs) {
      const fromMs = this.coveredTo;
      this.coveredTo = fromMs + WEEK_MS;
      const before = this.offsets.at(-1) as number;
      const after = this.ask(this.coveredTo);
      if (after === before) continue;
      this.starts.push(this.changeBetween(fromMs, this.coveredTo, before));
      this.offsets.push(after);
    }
  }

  private prepend(knownFromMs: number, fromMs: number): void {
    const known = this.offsets[0] as number;
    const starts: number[] = [fromMs];
    const offsets: number[] = [this.ask(fromMs)];
    for (let weekMs = fromMs; weekMs < knownFromMs; weekMs += WEEK_MS) {
      const endMs = Math.min(weekMs + WEEK_MS, knownFromMs);
      const before = offsets.at(-1) as number;
      const after = endMs === knownFromMs ? known : this.ask(endMs);
      if (after === before) continue;
      starts.push(this.changeBetween(weekMs, endMs, before));
      offsets.push(after);
    }
    // The segment that was first goes on from the last one found: both have the same offset.
    this.starts.splice(0, 1, ...starts);
    this.offsets.splice(0, 1, ...offsets);
  }

  /** First whole second at which the offset is no longer `before`. */
  private changeBetween(fromMs: number, toMs: number, before: number): number {
    let same = Math.floor(fromMs / 1000);
    let changed = Math.ceil(toMs / 1000);
    while (changed - same > 1) {
      const middle = Math.floor((same + changed) / 2);
      if (this.ask(middle * 1000) === before) same = middle;
      else changed = middle;
    }
    return changed * 1000;
  }

  private ask(epochMs: number): number {
    const found = OFFSET_TEXT.exec(this.format.format(epochMs));
    if (!found)
      throw new NowcastError('INTERNAL', `no UTC offset for ${this.timeZone} at ${String(epochMs)}`);
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = found;
    const size = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS + Number(seconds) * 1000;
    return sign === '-' ? -size : size;
  }
}
