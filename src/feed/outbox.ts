/**
 * What stands between the feed and one client's socket. A client that reads fast enough gets every message; one that
 * does not gets only the newest of each kind and zone; one that does not read at all is given up.
 */
export interface Sink {
  /** Bytes handed to the socket that have not left the process. */
  bufferedBytes(): number;
  send(message: Buffer): void;
}

export interface OutboxLimits {
  /** Above this, messages are conflated instead of sent. */
  readonly softBytes: number;
  /** Above this, the client is too slow to keep. */
  readonly hardBytes: number;
  /** The same when nothing has drained for this long while conflating. */
  readonly stallMs: number;
}

export interface Deliverable {
  /** What it is the newest state of: only one message of a key waits. */
  readonly key: string;
  /** Position in the feed when it is a nowcast; null for other messages. */
  readonly seq: number | null;
  /** A waiting message of a higher rank (a later origin) is not replaced by one of a lower rank. */
  readonly rank: number;
  readonly message: Buffer;
}

interface Waiting extends Deliverable {
  readonly conflated: number;
  /** The earliest seq that this message stands for: its own, or that of the first one it replaced. */
  readonly firstSeq: number | null;
}

const CLOSING_BRACE_BYTES = 1;

export class Outbox {
  /** In the order in which it will be sent: a replaced message goes to the end, which keeps seq rising. */
  private readonly waiting = new Map<string, Waiting>();
  private waitingBytes = 0;
  private allowanceBytes = 0;
  private lastBufferedBytes = 0;
  private progressAtMs = 0;
  private conflatedCount = 0;
  private batchBytes: number | null = null;

  constructor(
    private readonly sink: Sink,
    private readonly limits: OutboxLimits,
  ) {}

  /** True while messages wait for the client. */
  get congested(): boolean {
    return this.waiting.size > 0;
  }

  /** Nowcasts that were replaced by a newer one since the last call. */
  takeConflated(): number {
    const count = this.conflatedCount;
    this.conflatedCount = 0;
    return count;
  }

  /** Sends now, whatever the state: replies, snapshots and replays, whose size does not count against the client. */
  sendNow(message: Buffer): void {
    this.allowanceBytes += message.length;
    this.sink.send(message);
  }

  /**
   * Between these two calls a client that had room at the start gets the whole batch (up to half the hard limit): one
   * large batch of the log does not make a client slow.
   */
  beginBatch(): void {
    this.batchBytes = this.sink.bufferedBytes();
  }

  endBatch(): void {
    this.batchBytes = null;
  }

  /**
   * Sends, or keeps it as the newest of its key while the client is slow.
   * @returns true when the message was handed to the socket
   */
  offer(item: Deliverable, nowMs: number): boolean {
    if (this.waiting.size === 0 && this.hasRoom()) {
      this.sink.send(item.message);
      return true;
    }
    if (this.waiting.size === 0) {
      this.progressAtMs = nowMs;
      this.lastBufferedBytes = this.sink.bufferedBytes();
    }
    this.conflate(item);
    return false;
  }

  /**
   * Sends what waits as far as the socket takes it; `all` sends everything, so that what follows stands in order.
   * @returns messages sent
   */
  flush(all = false): number {
    if (this.waiting.size === 0 || (!all && this.full())) return 0;
    if (all) this.allowanceBytes += this.waitingBytes;
    const items = [...this.waiting];
    const completeAfter = completePositions(items.map(([, item]) => item));
    let sent = 0;
    for (const [index, [key, item]] of items.entries()) {
      if (!all && this.full()) break;
      this.waiting.delete(key);
      this.waitingBytes -= item.message.length;
      this.sink.send(annotated(item, completeAfter[index] ?? Infinity));
      sent += 1;
    }
    return sent;
  }

  /** The position up to which this client has been sent all it will be sent, or a newer one: safe to resume from. */
  completeSeq(headSeq: number): number {
    let seq = headSeq;
    for (const { firstSeq } of this.waiting.values())
      if (firstSeq !== null) seq = Math.min(seq, firstSeq - 1);
    return seq;
  }

  /** Why this client must be given up, or null. Call at every delivery and every tick. */
  overload(nowMs: number): string | null {
    const buffered = this.sink.bufferedBytes();
    if (buffered <= this.limits.softBytes) this.allowanceBytes = 0;
    if (buffered < this.lastBufferedBytes || !this.congested) this.progressAtMs = nowMs;
    this.lastBufferedBytes = buffered;
    if (buffered + this.waitingBytes > this.limits.hardBytes + this.allowanceBytes) {
      return 'too slow: more is waiting than the server keeps for one client';
    }
    if (this.congested && nowMs - this.progressAtMs > this.limits.stallMs) {
      return 'too slow: nothing was read for too long';
    }
    return null;
  }

  private full(): boolean {
    return this.sink.bufferedBytes() > this.limits.softBytes;
  }

  private hasRoom(): boolean {
    const { softBytes, hardBytes } = this.limits;
    const buffered = this.sink.bufferedBytes();
    if (buffered <= softBytes) return true;
    return this.batchBytes !== null && this.batchBytes <= softBytes && buffered <= hardBytes / 2;
  }

  private conflate(item: Deliverable): void {
    const old = this.waiting.get(item.key);
    if (old === undefined) {
      this.waiting.set(item.key, { ...item, conflated: 0, firstSeq: item.seq });
      this.waitingBytes += item.message.length;
      return;
    }
    const conflated = item.seq === null ? 0 : old.conflated + 1;
    if (item.seq !== null) this.conflatedCount += 1;
    if (item.rank < old.rank) {
      this.waiting.set(item.key, { ...old, conflated });
      return;
    }
    this.waiting.delete(item.key);
    this.waiting.set(item.key, { ...item, conflated, firstSeq: old.firstSeq });
    this.waitingBytes += item.message.length - old.message.length;
  }
}

/** For each of the waiting messages, in their order, the position that is complete once it has been sent. */
function completePositions(items: readonly Waiting[]): number[] {
  const positions = new Array<number>(items.length);
  let earliest = Infinity;
  for (let i = items.length - 1; i >= 0; i -= 1) {
    positions[i] = earliest - 1;
    earliest = Math.min(earliest, items[i]?.firstSeq ?? Infinity);
  }
  return positions;
}

/** Adds to a serialised nowcast message, without parsing it, what its client must know because it is slow. */
function annotated({ seq, conflated, message }: Waiting, complete: number): Buffer {
  if (seq === null) return message;
  const behind = complete < seq ? `,"complete":${complete}` : '';
  const dropped = conflated > 0 ? `,"conflated":${conflated}` : '';
  if (behind === '' && dropped === '') return message;
  const body = message.subarray(0, message.length - CLOSING_BRACE_BYTES);
  return Buffer.concat([body, Buffer.from(`${dropped}${behind}}`)]);
}
