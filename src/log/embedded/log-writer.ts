import { setImmediate as nextTurn } from 'node:timers/promises';
import { NowcastError } from '../../contracts/errors.js';
import { SEQUENCE_KEY, type LogEnvironment, type StoredHead } from './environment.js';
import { assertFreeSpace, freeBytesOf, storageError } from './storage-errors.js';

/** What is known of one partition's ends. */
export interface PartitionHead {
  readonly low: number;
  readonly high: number;
  /** Largest timestamp that was ever appended; -Infinity before the first record. */
  readonly maxTimestampMs: number;
}

type WriteTarget = 'chunks' | 'heads' | 'meta' | 'groups';

interface StagedWrite {
  readonly target: WriteTarget;
  readonly key: unknown;
  /** Absent: remove the key. */
  readonly value?: unknown;
}

/** The state that a job starts from: what is stored, and what earlier jobs of the transaction staged. */
interface StagedBase {
  head(partitionId: number): PartitionHead;
  get(target: 'meta' | 'groups', key: readonly (string | number)[] | string): unknown;
}

/** What one job wants written; thrown away when the job throws. */
export class StagedWrites {
  readonly writes: StagedWrite[] = [];
  readonly heads = new Map<number, PartitionHead>();
  bytes = 0;

  constructor(private readonly base: StagedBase) {}

  /** A value as this transaction will leave it, as far as its jobs have run. */
  get(target: 'meta' | 'groups', key: readonly (string | number)[] | string): unknown {
    const own = this.writes.findLast((write) => write.target === target && sameKey(write.key, key));
    return own === undefined ? this.base.get(target, key) : own.value;
  }

  head(partitionId: number): PartitionHead {
    return this.heads.get(partitionId) ?? this.base.head(partitionId);
  }

  setHead(partitionId: number, head: PartitionHead): void {
    this.heads.set(partitionId, head);
  }

  putChunk(partitionId: number, baseOffset: number, bytes: Buffer): void {
    this.writes.push({ target: 'chunks', key: [partitionId, baseOffset], value: bytes });
    this.bytes += bytes.length;
  }

  removeChunk(partitionId: number, baseOffset: number): void {
    this.writes.push({ target: 'chunks', key: [partitionId, baseOffset] });
  }

  put(target: 'meta' | 'groups', key: unknown, value: unknown): void {
    this.writes.push({ target, key, value });
  }

  remove(target: 'meta' | 'groups', key: unknown): void {
    this.writes.push({ target, key });
  }
}

/** Decides what to write from the state it sees; called again when another process wrote in between. No side effects. */
export type WriteJob<T> = (staged: StagedWrites) => T;

interface PendingJob {
  readonly job: WriteJob<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Commits together up to this many bytes of waiting jobs. */
const MAX_TRANSACTION_BYTES = 32 * 1024 * 1024;

/**
 * The only writer of a log in this process. Jobs that wait together share one LMDB transaction and one disk flush; each
 * resolves once it is durable. A transaction takes effect only if the sequence is as this process last saw it, so
 * several processes may write: the one that was overtaken reads the state anew and runs its jobs again.
 */
export class LogWriter {
  private pending: PendingJob[] = [];
  private draining: Promise<void> | null = null;
  private heads = new Map<number, PartitionHead>();
  private sequence: number;
  private closed = false;

  constructor(
    private readonly environment: LogEnvironment,
    private readonly freeBytes: () => number = () => freeBytesOf(environment.dir),
    /** Called after each commit with the partitions whose ends moved. */
    private readonly onCommitted: (partitionIds: ReadonlySet<number>) => void = () => undefined,
  ) {
    this.sequence = this.storedSequence();
  }

  /** Runs the job in the next transaction. Resolves with its result once that is on the disk. */
  write<T>(job: WriteJob<T>): Promise<T> {
    if (this.closed) return Promise.reject(new NowcastError('LOG_CLOSED', 'the embedded log is closed'));
    return new Promise<T>((resolve, reject) => {
      this.pending.push({ job, resolve: resolve as (result: unknown) => void, reject });
      this.draining ??= this.drain();
    });
  }

  /** Refuses further jobs and waits for those that were accepted. */
  async close(): Promise<void> {
    this.closed = true;
    await this.draining;
  }

  private async drain(): Promise<void> {
    // Lets callers of the same turn share the transaction.
    await Promise.resolve();
    while (this.pending.length > 0) {
      const waiting = this.pending;
      this.pending = [];
      try {
        await this.commitTogether(waiting);
      } catch (error) {
        this.forget();
        const failure = storageError(await causeOf(error), this.environment.dir);
        for (const { reject } of waiting) reject(failure);
      }
    }
    this.draining = null;
  }

  private async commitTogether(jobs: readonly PendingJob[]): Promise<void> {
    for (;;) {
      const { accepted, rest, heads, writes } = this.stage(jobs);
      const changes = writes.length + heads.size > 0;
      if (changes && !(await this.commit(writes, heads))) {
        this.forget();
        continue;
      }
      for (const [partitionId, head] of heads) this.heads.set(partitionId, head);
      if (heads.size > 0) this.onCommitted(new Set(heads.keys()));
      if (changes) await this.environment.root.flushed;
      for (const { settle } of accepted) settle();
      this.pending = [...rest, ...this.pending];
      return;
    }
  }

  /** Runs the jobs against the known state; those beyond the transaction's size wait for the next. */
  private stage(jobs: readonly PendingJob[]) {
    const heads = new Map<number, PartitionHead>();
    const writes: StagedWrite[] = [];
    const accepted: { settle: () => void }[] = [];
    const freeBytes = this.freeBytes();
    let bytes = 0;
    let taken = 0;
    for (; taken < jobs.length && bytes < MAX_TRANSACTION_BYTES; taken++) {
      const pending = jobs[taken];
      if (pending === undefined) break;
      const staged = new StagedWrites({
        head: (id) => heads.get(id) ?? this.currentHead(id),
        get: (target, key) => {
          const earlier = writes.findLast((write) => write.target === target && sameKey(write.key, key));
          return earlier === undefined ? this.storedValue(target, key) : earlier.value;
        },
      });
      try {
        const result = pending.job(staged);
        if (staged.bytes > 0) assertFreeSpace(this.environment.dir, bytes + staged.bytes, freeBytes);
        for (const [partitionId, head] of staged.heads) heads.set(partitionId, head);
        for (const write of staged.writes) writes.push(write);
        bytes += staged.bytes;
        accepted.push({ settle: () => pending.resolve(result) });
      } catch (error) {
        accepted.push({ settle: () => pending.reject(error) });
      }
    }
    return { accepted, rest: jobs.slice(taken), heads, writes };
  }

  private async commit(
    writes: readonly StagedWrite[],
    heads: ReadonlyMap<number, PartitionHead>,
  ): Promise<boolean> {
    const next = this.sequence + 1;
    const { heads: headStore } = this.environment;
    const done = await headStore.ifVersion(SEQUENCE_KEY, this.sequence, () => {
      for (const write of writes) this.apply(write);
      for (const [partitionId, head] of heads) void headStore.put(partitionId, storedHead(head), 1);
      void headStore.put(SEQUENCE_KEY, 0, next);
    });
    if (done) this.sequence = next;
    return done;
  }

  private apply({ target, key, value }: StagedWrite): void {
    // The key types differ per database; StagedWrites is what pairs them rightly.
    const store = this.environment[target] as {
      put(key: unknown, value: unknown): unknown;
      remove(key: unknown): unknown;
    };
    if (value === undefined) store.remove(key);
    else store.put(key, value);
  }

  private storedValue(target: 'meta' | 'groups', key: unknown): unknown {
    const store = this.environment[target] as { get(key: unknown): unknown };
    return store.get(key);
  }

  private currentHead(partitionId: number): PartitionHead {
    const known = this.heads.get(partitionId);
    if (known !== undefined) return known;
    const head = readHead(this.environment, partitionId);
    this.heads.set(partitionId, head);
    return head;
  }

  /** Another process wrote: what we know may be old. */
  private forget(): void {
    this.environment.root.resetReadTxn();
    this.heads.clear();
    this.sequence = this.storedSequence();
  }

  private storedSequence(): number {
    return this.environment.heads.getEntry(SEQUENCE_KEY)?.version ?? 0;
  }
}

/** LMDB's rejection of a commit carries the reason as a promise, which must be handled in any case. */
async function causeOf(error: unknown): Promise<unknown> {
  const { commitError } = (error ?? {}) as { commitError?: Promise<never> };
  if (commitError === undefined) return error;
  // Not always rejected by then, hence the second promise.
  return Promise.race([commitError.catch((cause: unknown) => cause), nextTurn(error)]);
}

function sameKey(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The ends of a partition as they are stored now. */
export function readHead({ heads }: LogEnvironment, partitionId: number): PartitionHead {
  const stored = heads.get(partitionId);
  if (!Array.isArray(stored)) return { low: 0, high: 0, maxTimestampMs: Number.NEGATIVE_INFINITY };
  const [low, high, maxTimestampMs] = stored;
  return { low, high, maxTimestampMs: maxTimestampMs ?? Number.NEGATIVE_INFINITY };
}

function storedHead({ low, high, maxTimestampMs }: PartitionHead): StoredHead {
  return [low, high, Number.isFinite(maxTimestampMs) ? maxTimestampMs : null];
}
