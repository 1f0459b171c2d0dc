import { messageOf } from '../../contracts/errors.js';
import type { TrainingRun } from '../../contracts/records.js';
import { toIso } from '../../contracts/time.js';
import type { EventLog } from '../../log/event-log.js';
import { recordHead } from '../../log/record-head.js';
import type { SchemaCodec } from '../../log/schema-codec.js';
import { hasEnded, newIdentity, type ProcessIdentity } from '../../ops/process-identity.js';
import { type OpenRun, INTERRUPTED, RunBook } from './run-book.js';

/** An open run is renewed this often while its trainer lives. */
const RENEW_EVERY_MS = 10_000;
/** A run that was not renewed for so long is without a trainer. */
const LEASE_MS = 60_000;

export interface RunClaimsOptions {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  /** Epoch milliseconds, for what is written into records. */
  readonly now: () => number;
  readonly renewEveryMs?: number;
  readonly leaseMs?: number;
  /** A clock that only goes forward; for tests. */
  readonly monotonicMs?: () => number;
  readonly identity?: ProcessIdentity;
  /** A renewal that the log did not take; the next one may. */
  readonly onRenewalFailed?: (message: string) => void;
}

/**
 * Lets one trainer at a time have a zone, across processes and machines, by nothing but the order of `training.runs`:
 * a run enters the line with its first record, and whoever has the lowest offset among the zone's open runs trains. A
 * run without a living trainer (its process has ended on this machine, or the record was not renewed) is closed as
 * failed by whoever meets it. A trainer that was only slow finds its run closed before it publishes anything.
 */
export class RunClaims {
  readonly book: RunBook;
  readonly identity: ProcessIdentity;
  private readonly own = new Map<string, TrainingRun>();
  private readonly leaseMs: number;
  private readonly monotonicMs: () => number;
  private renewal: NodeJS.Timeout | null = null;

  constructor(private readonly options: RunClaimsOptions) {
    this.monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.book = new RunBook(options.log, options.codec, this.monotonicMs);
    this.identity = options.identity ?? newIdentity();
    this.leaseMs = options.leaseMs ?? LEASE_MS;
  }

  /** Puts runs into the line of their zones. */
  async enter(runs: readonly TrainingRun[]): Promise<void> {
    for (const run of runs) this.own.set(run.id, run);
    await this.append(runs);
    this.renewal ??= setInterval(() => this.renew(), this.options.renewEveryMs ?? RENEW_EVERY_MS).unref();
    await this.book.sync();
  }

  /** Takes over new facts of an own run; they are written at once, or with the next renewal when `later`. */
  async update(run: TrainingRun, later = false): Promise<void> {
    if (!this.own.has(run.id)) return;
    this.own.set(run.id, run);
    if (!later) await this.append([run]);
  }

  /** Writes the end of an own run, which leaves the line. */
  async finish(run: TrainingRun): Promise<void> {
    this.own.delete(run.id);
    this.stopRenewalWhenIdle();
    await this.append([run]);
  }

  /**
   * Reads on and says whether the run stands first in its zone's line now, after closing those before it that have no
   * trainer. False also when the run itself was closed by somebody who took this process for dead.
   */
  async isFirst(id: string): Promise<boolean> {
    await this.closeAbandoned(this.own.get(id)?.zone);
    const mine = this.book.openRun(id);
    return mine !== undefined && this.book.line(mine.run.zone)[0]?.run.id === id;
  }

  /** True when somebody closed an own run. Reads on first. */
  async wasClosed(id: string): Promise<boolean> {
    await this.book.sync();
    return this.own.has(id) && this.book.openRun(id) === undefined;
  }

  /**
   * Reads on and closes the open runs that have no trainer.
   * @param zone only of this zone
   * @returns the runs that this call closed
   */
  async closeAbandoned(zone?: string): Promise<TrainingRun[]> {
    await this.book.sync();
    const open = zone === undefined ? this.book.open() : this.book.line(zone);
    const abandoned = open.filter((one) => this.isAbandoned(one));
    if (abandoned.length === 0) return [];
    const closed = abandoned.map(({ run }) => this.interrupted(run));
    await this.append(closed);
    await this.book.sync();
    return closed;
  }

  /** Ends the renewals. Runs that are still open are closed by the next trainer. */
  close(): void {
    this.own.clear();
    this.stopRenewalWhenIdle();
  }

  private isAbandoned({ run, seenAtMs }: OpenRun): boolean {
    if (this.own.has(run.id)) return false;
    if (run.trainer !== undefined && hasEnded(run.trainer)) return true;
    return this.monotonicMs() - seenAtMs > this.leaseMs;
  }

  private interrupted({ progress: _, ...run }: TrainingRun): TrainingRun {
    const who =
      run.trainer === undefined ? 'its trainer' : `process ${run.trainer.processId} on ${run.trainer.host}`;
    const error = `${INTERRUPTED}: ${who} ended during the training of zone ${run.zone}`;
    return { ...run, status: 'failed', finishedAt: toIso(this.options.now()), error };
  }

  private renew(): void {
    this.append([...this.own.values()]).catch((error: unknown) => {
      this.options.onRenewalFailed?.(`a training run could not be renewed: ${messageOf(error)}`);
    });
  }

  private stopRenewalWhenIdle(): void {
    if (this.own.size > 0 || this.renewal === null) return;
    clearInterval(this.renewal);
    this.renewal = null;
  }

  private async append(runs: readonly TrainingRun[]): Promise<void> {
    if (runs.length === 0) return;
    const { log, codec, now } = this.options;
    const timestampMs = now();
    await log.append(
      'training.runs',
      runs.map((run) => ({
        key: run.id,
        value: codec.encode('training.runs', run),
        timestampMs,
        headers: recordHead('training.runs', 'train'),
      })),
    );
  }
}
