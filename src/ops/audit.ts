import { NowcastError } from '../contracts/errors.js';
import type { AuditEntry } from '../contracts/records.js';
import { toIso } from '../contracts/time.js';
import type { EventLog } from '../log/event-log.js';
import { recordHead } from '../log/record-head.js';
import type { SchemaCodec } from '../log/schema-codec.js';

/** Who acts: a name for the record, such as `cli:alice` or `api`. */
export interface Actor {
  readonly name: string;
  /** Where from, for example the address of a client. */
  readonly details?: Readonly<Record<string, string>>;
}

/** Told what becomes of entries. */
export interface AuditWatch {
  /** An entry could not be written. */
  readonly onFailed: (error: unknown) => void;
  readonly onWritten: () => void;
}

/** A log that is away may take a minute to say so; who waits for an answer should not. */
const PATIENCE_MS = 20_000;

/** Appends what was done, or was not allowed, to the `audit` topic. */
export class AuditTrail {
  private readonly written = new WeakSet<Actor>();

  constructor(
    private readonly log: EventLog,
    private readonly codec: SchemaCodec,
    private readonly now: () => number,
    private readonly watch?: AuditWatch,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** Whether an entry of what came of this call (exactly this actor object) was written. */
  hasWritten(actor: Actor): boolean {
    return this.written.has(actor);
  }

  /**
   * Resolves once the entry is durable.
   * @returns its offset
   * @throws what the log throws; NowcastError LOG_UNAVAILABLE when it takes too long (the entry may still come)
   */
  async write(
    actor: Actor,
    action: string,
    target: string,
    outcome: AuditEntry['outcome'],
    details: Readonly<Record<string, string>> = {},
  ): Promise<number> {
    const atMs = this.now();
    const entry: AuditEntry = {
      at: toIso(atMs),
      actor: actor.name,
      action,
      target,
      outcome,
      details: { ...actor.details, ...details },
    };
    const value = this.codec.encode('audit', entry);
    const headers = recordHead('audit', 'audit');
    const record = { key: actor.name, value, timestampMs: atMs, headers };
    const durable = this.log.append('audit', [record]).then(([range]) => {
      this.watch?.onWritten();
      if (outcome !== 'begun') this.written.add(actor);
      return range?.firstOffset ?? 0;
    });
    try {
      return await this.within(durable);
    } catch (error) {
      this.watch?.onFailed(error);
      throw error;
    }
  }

  private async within(durable: Promise<number>): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const message = `the log has not taken the audit entry within ${this.patienceMs / 1000} s`;
        reject(new NowcastError('LOG_UNAVAILABLE', message, { retriable: true }));
      }, this.patienceMs);
    });
    try {
      return await Promise.race([durable, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Says that a change begins, before anything of it is made.
   * @returns the offset of the entry
   * @throws NowcastError AUDIT_UNAVAILABLE (retriable): nothing may be changed
   */
  async begin(
    actor: Actor,
    action: string,
    target: string,
    details: Readonly<Record<string, string>> = {},
  ): Promise<number> {
    try {
      return await this.write(actor, action, target, 'begun', details);
    } catch (cause) {
      const message = `${action} of ${target} was not begun and nothing was changed: its audit entry cannot be written (${reasonOf(cause)}); try again later`;
      throw new NowcastError('AUDIT_UNAVAILABLE', message, { cause, retriable: true });
    }
  }

  /**
   * Says that a change was made; it must not be acknowledged before.
   * @throws NowcastError AUDIT_UNAVAILABLE: the change is made, its entry is missing
   */
  async done(
    actor: Actor,
    action: string,
    target: string,
    details: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    try {
      await this.write(actor, action, target, 'ok', details);
    } catch (cause) {
      const message = `${action} of ${target} was done, but its audit entry could not be written (${reasonOf(cause)}); look at what there is now before you repeat it`;
      throw new NowcastError('AUDIT_UNAVAILABLE', message, { cause });
    }
  }
}

/** Callers are shown this: what nobody foresaw is told in general terms. */
function reasonOf(cause: unknown): string {
  return cause instanceof NowcastError ? cause.message : 'the log of the service says why';
}
