import { DAY_MS } from '../contracts/time.js';

/** Intervals that are remembered one by one. */
const KEPT_MS = 2 * DAY_MS;
const MAX_SOURCES = 250;

/** What came for each interval of the last two days: nothing, or a value and from which source. Bounded. */
export class IntervalRing {
  readonly capacity: number;
  /** 0: nothing came; otherwise the source's number. */
  private readonly sources: Uint8Array;
  private readonly names: string[] = [];
  private newest = -1;

  constructor(stepMs: number) {
    this.capacity = Math.ceil(KEPT_MS / stepMs);
    this.sources = new Uint8Array(this.capacity);
  }

  get newestSlot(): number {
    return this.newest;
  }

  has(slot: number): boolean {
    return this.holds(slot) && this.sources[slot % this.capacity] !== 0;
  }

  /** Who sent the value that stands for the interval; null when none did or it is forgotten. */
  sourceOf(slot: number): string | null {
    if (!this.holds(slot)) return null;
    return this.names[(this.sources[slot % this.capacity] ?? 0) - 1] ?? null;
  }

  /** A slot that is no whole number, or so large that the next one is no other, is left out: no time has it. */
  mark(slot: number, source: string): void {
    if (!Number.isSafeInteger(slot) || slot < 0 || slot <= this.newest - this.capacity) return;
    if (slot > this.newest) this.advance(slot);
    this.sources[slot % this.capacity] = this.numberOf(source);
  }

  private holds(slot: number): boolean {
    return slot >= 0 && slot <= this.newest && slot > this.newest - this.capacity;
  }

  private advance(slot: number): void {
    const first = Math.max(this.newest + 1, slot - this.capacity + 1);
    for (let fresh = first; fresh <= slot; fresh++) this.sources[fresh % this.capacity] = 0;
    this.newest = slot;
  }

  private numberOf(source: string): number {
    const known = this.names.indexOf(source);
    if (known >= 0) return known + 1;
    // One of very many shares the last number: it is seen, and disagrees with none of the others.
    return this.names.length < MAX_SOURCES ? this.names.push(source) : MAX_SOURCES + 1;
  }
}
