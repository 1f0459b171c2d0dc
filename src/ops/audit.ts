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

/** Appends what was done, or was not allowed, to the `audit` topic. */
export class AuditTrail {
  private readonly written = new WeakSet<Actor>();

  constructor(
    private readonly log: EventLog,
    private readonly codec: SchemaCodec,
    private readonly now: () => number,
    private readonly watch?: AuditWatch,
  ) {}

  /** Whether an entry of what came of this call (exactly this actor object) was written. */
  hasWritten(actor: Actor): boolean {
    return this.written.has(actor);
  }

  /** Resolves once the entry is durable. @returns its offset @throws what the log throws */
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
    try {
      const appended = await this.log.append('audit', [record]);
      this.watch?.onWritten();
      if (outcome !== 'begun') this.written.add(actor);
      return appended[0]?.firstOffset ?? 0;
    } catch (error) {
      this.watch?.onFailed(error);
      throw error;
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
