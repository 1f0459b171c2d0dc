import { FeedError } from './feed-error.js';

/** What waits for one `for await` loop. Bounded: a loop that falls too far behind gets an error, not old data. */
export class MessageQueue<T> implements AsyncIterableIterator<T> {
  private waiting: T[] = [];
  private head = 0;
  private wake: (() => void) | null = null;
  private ended = false;
  private failure: FeedError | null = null;

  /**
   * @param maxWaiting messages kept for a loop that is busy
   * @param onDone called once, when the loop ends
   */
  constructor(
    private readonly maxWaiting: number,
    private readonly onDone: (queue: MessageQueue<T>) => void,
  ) {}

  push(item: T): void {
    if (this.ended) return;
    if (this.waiting.length - this.head >= this.maxWaiting) {
      const text = `a loop over the feed fell behind by ${this.maxWaiting} messages; do less in it, or raise maxQueued`;
      this.fail(new FeedError('QUEUE_FULL', text));
      return;
    }
    this.waiting.push(item);
    this.wake?.();
  }

  /** Ends the loop after what waits. */
  end(): void {
    this.ended = true;
    this.wake?.();
  }

  /** Ends the loop with an error; what waits is dropped. */
  fail(error: FeedError): void {
    this.failure = error;
    this.waiting = [];
    this.head = 0;
    this.end();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    while (this.head >= this.waiting.length) {
      if (this.ended) return this.finish();
      await new Promise<void>((resolve) => (this.wake = resolve));
      this.wake = null;
    }
    const value = this.waiting[this.head] as T;
    this.head += 1;
    // Shifting an array is linear, so the read front is cut off only when it is half of it.
    if (this.head * 2 > this.waiting.length) {
      this.waiting = this.waiting.slice(this.head);
      this.head = 0;
    }
    return { done: false, value };
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.waiting = [];
    this.head = 0;
    this.end();
    this.onDone(this);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private finish(): IteratorResult<T, undefined> {
    this.onDone(this);
    const error = this.failure;
    if (error === null) return { done: true, value: undefined };
    this.failure = null;
    throw error;
  }
}
