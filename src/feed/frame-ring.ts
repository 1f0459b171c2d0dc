import type { FeedFrame } from './frame.js';

/** A frame holds its parsed nowcast and, once sent, its JSON and its message: about this many times the record. */
const BYTES_PER_RECORD_BYTE = 4;

/**
 * The most recent frames in rising seq, bounded in bytes. Knows from which seq on it is complete, so that a resume is
 * either exact or refused.
 */
export class FrameRing {
  private frames: FeedFrame[] = [];
  private head = 0;
  private bytes = 0;
  private completeFrom: number;

  /** @param completeFrom first seq that the ring will be given */
  constructor(
    private readonly maxBytes: number,
    completeFrom = 0,
  ) {
    this.completeFrom = completeFrom;
  }

  get size(): number {
    return this.frames.length - this.head;
  }

  /** Everything from this seq on is here. */
  get from(): number {
    return this.completeFrom;
  }

  push(frame: FeedFrame): void {
    this.frames.push(frame);
    this.bytes += frame.recordBytes * BYTES_PER_RECORD_BYTE;
    while (this.bytes > this.maxBytes && this.size > 0) this.dropOldest();
  }

  /** Empties the ring; it is complete from this seq on. */
  reset(completeFrom: number): void {
    this.frames = [];
    this.head = 0;
    this.bytes = 0;
    this.completeFrom = completeFrom;
  }

  /** All frames after the seq, in order; null when some of them are no longer here. */
  after(seq: number): FeedFrame[] | null {
    if (seq + 1 < this.completeFrom) return null;
    let low = this.head;
    let high = this.frames.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.frames[middle]?.seq ?? Infinity) <= seq) low = middle + 1;
      else high = middle;
    }
    return this.frames.slice(low);
  }

  private dropOldest(): void {
    const oldest = this.frames[this.head];
    if (oldest === undefined) return;
    this.head += 1;
    this.bytes -= oldest.recordBytes * BYTES_PER_RECORD_BYTE;
    this.completeFrom = oldest.seq + 1;
    // Shifting an array is linear, so the dead front is cut off only when it is half of it.
    if (this.head * 2 > this.frames.length) {
      this.frames = this.frames.slice(this.head);
      this.head = 0;
    }
  }
}
