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

/** Appends what was done, or was not allowed, to the `audit` topic. */
export class AuditTrail {
  private readonly written = new WeakSet<Actor>();

  constructor(
    private readonly log: EventLog,
    private readonly codec: SchemaCodec,
    private readonly now: () => number,
  ) {}

  /** Whether an entry of exactly this actor object (one call) was written. */
  hasWritten(actor: Actor): boolean {
    return this.written.has(actor);
  }

  /** @returns the offset of the entry */
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
    const appended = await this.log.append('audit', [{ key: actor.name, value, timestampMs: atMs, headers }]);
    this.written.add(actor);
    return appended[0]?.firstOffset ?? 0;
  }
}
