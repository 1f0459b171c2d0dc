import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { NowcastError } from '../contracts/errors.js';
import type { AuditEntry } from '../contracts/records.js';
import type { EventLog } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import type { Actor, AuditTrail } from '../ops/audit.js';

/** Entries before an own one among which those may be that are not done: each change has two. */
const LOOK_BACK_ENTRIES = 2000;
const LOOK_EVERY_MS = 20;
/** A change takes well under a second; one that has not ended after so long was left by a process that ended. */
const PATIENCE_MS = 10_000;
/** Names the operation in the details of its entries. */
const OPERATION = 'operation';

export interface ChangeLineOptions {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly audit: AuditTrail;
  readonly patienceMs?: number;
}

/** The turn of one change. */
export interface Turn {
  /** Goes into the details of the entry that ends it. */
  readonly details: Readonly<Record<string, string>>;
  /** @throws NowcastError LOG_LOCKED when the turn was taken away: nothing may be changed any more */
  confirm(): Promise<void>;
}

interface Begun {
  readonly offset: number;
  readonly entry: AuditEntry;
}

/**
 * Lets one change of models at a time happen, across processes and machines, by nothing but the order of `audit`: a change
 * enters the line with an entry `begun` and has its turn once each that began before it has ended. One that does not end is
 * closed as failed by the next in line; it finds that out before it changes anything.
 */
export class ChangeLine {
  private readonly patienceMs: number;

  constructor(private readonly options: ChangeLineOptions) {
    this.patienceMs = options.patienceMs ?? PATIENCE_MS;
  }

  /**
   * Resolves once it is this change's turn; the caller ends it with an entry that has the turn's details.
   * @throws NowcastError AUDIT_UNAVAILABLE
   */
  async enter(actor: Actor, action: string, target: string): Promise<Turn> {
    const operation = randomUUID();
    const details = { [OPERATION]: operation };
    const own = await this.options.audit.begin(actor, action, target, details);
    const watch = new LineWatch(this.options, Math.max(0, own - LOOK_BACK_ENTRIES));
    await this.waitForTurn(watch, own);
    const confirm = async (): Promise<void> => {
      await watch.sync();
      if (watch.open.has(operation)) return;
      throw new NowcastError(
        'LOG_LOCKED',
        `${action} ${target} took more than ${String(this.patienceMs / 1000)} s and lost its turn to another change: nothing was changed, try again`,
        { retriable: true },
      );
    };
    return { details, confirm };
  }

  private async waitForTurn(watch: LineWatch, own: number): Promise<void> {
    let first = -1;
    let sinceMs = performance.now();
    for (;;) {
      await watch.sync();
      const [ahead] = watch.before(own);
      if (ahead === undefined) return;
      if (ahead.offset !== first) {
        first = ahead.offset;
        sinceMs = performance.now();
      }
      if (performance.now() - sinceMs > this.patienceMs) await this.giveUp(ahead);
      await delay(LOOK_EVERY_MS);
    }
  }

  private async giveUp({ entry }: Begun): Promise<void> {
    const { actor, action, target, details } = entry;
    const seconds = String(this.patienceMs / 1000);
    await this.options.audit.write({ name: actor }, action, target, 'failed', {
      ...details,
      error: `not done ${seconds} s after its turn came: taken for given up`,
    });
  }
}

/** Changes that have begun and not ended, as far as the audit was read. */
class LineWatch {
  readonly open = new Map<string, Begun>();

  constructor(
    private readonly options: ChangeLineOptions,
    private next: number,
  ) {}

  async sync(): Promise<void> {
    const { log, codec } = this.options;
    for await (const { records } of log.read('audit', 0, this.next)) {
      await codec.prepare(records.map(({ value }) => value));
      for (const { offset, value } of records) {
        const decoded = codec.decode('audit', value);
        if (decoded.ok) this.note({ offset, entry: decoded.value });
        this.next = offset + 1;
      }
    }
  }

  /** Those before an offset, the first in line first. */
  before(offset: number): Begun[] {
    return [...this.open.values()].filter((begun) => begun.offset < offset);
  }

  private note(begun: Begun): void {
    const operation = begun.entry.details[OPERATION];
    if (operation === undefined) return;
    if (begun.entry.outcome === 'begun') this.open.set(operation, begun);
    else this.open.delete(operation);
  }
}
