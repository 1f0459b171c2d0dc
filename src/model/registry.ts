import { messageOf, NowcastError } from '../contracts/errors.js';
import type { ModelRecord } from '../contracts/records.js';
import { toIso } from '../contracts/time.js';
import type { EventLog } from '../log/event-log.js';
import { recordHead } from '../log/record-head.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import type { Actor, AuditTrail } from '../ops/audit.js';
import { ChangeLine, type Turn } from './change-line.js';
import { loadModel } from './loaded-model.js';
import { readModelRecords, readServingVersions } from './model-catalogue.js';
import { checkModel } from './model-check.js';
import { detailsOf, notFound, withStatus } from './registry-entries.js';
import type { ServingVersions } from './serving-versions.js';
import type { TrustedKeys } from './signature.js';

export interface RegistryOptions {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly audit: AuditTrail;
  /** Keys whose models may be promoted; asked for when they are needed. */
  readonly trusted: () => TrustedKeys;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A change that has not ended so long after its turn came is taken for given up; for tests. */
  readonly patienceMs?: number;
}

/** What a promotion or a rollback did. */
export interface ModelSwap {
  /** The version that serves now. */
  readonly version: string;
  readonly zones: readonly string[];
  /** What served before, by zone; null where nothing did. */
  readonly replaced: Readonly<Record<string, string | null>>;
  /** Version that was withdrawn, or null. */
  readonly retired: string | null;
  /** False when the version served already and nothing was done. */
  readonly changed: boolean;
}

export interface VersionCheck {
  readonly version: string;
  /** Null when it would load. */
  readonly problem: string | null;
}

/**
 * Operations on published models. A change is a new record of the version on `models`: every consumer follows the order
 * of that topic, so a change that was made while a consumer was away, or between two that were made at once, comes out the
 * same everywhere. Changes are made one after another, whoever makes them: each builds on what the one before left. Each
 * call is written to `audit`, whether it succeeded or not: a change before it is made and again before it is acknowledged.
 * Where an entry cannot be written the call fails with AUDIT_UNAVAILABLE, which says whether the change was made.
 */
export class ModelRegistry {
  private readonly line: ChangeLine;

  constructor(private readonly options: RegistryOptions) {
    this.line = new ChangeLine(options);
  }

  /**
   * Makes a version serve its zones.
   * @param only a zone that the version must be of
   * @throws NowcastError MODEL_NOT_FOUND, INPUT_INVALID (zone), MODEL_REFUSED, MODEL_MISMATCH
   */
  promote(version: string, actor: Actor, { only, reason }: PromoteOptions = {}): Promise<ModelSwap> {
    return this.inTurn(actor, 'models.promote', version, reason, async (turn) => {
      const versions = await this.versions();
      const known = versions.get(version);
      if (known === undefined) throw notFound(version);
      if (only !== undefined && !known.zones.includes(only))
        throw new NowcastError(
          'INPUT_INVALID',
          `model ${version} is of ${known.zones.join(', ')}, not of ${only}`,
        );
      const zones = known.zones;
      const replaced = servingBy(versions, zones);
      const already = zones.every((zone) => replaced[zone] === version);
      const record = await this.usable(version);
      if (already) return { version, zones, replaced, retired: null, changed: false };
      await this.publish(
        versions,
        [withStatus(record, 'promoted', `promoted by ${actor.name}`, reason)],
        turn,
      );
      return { version, zones, replaced, retired: null, changed: true };
    });
  }

  /**
   * Gives a zone the version that served before, or the one named, and retires the one that serves now.
   * @throws NowcastError MODEL_NOT_FOUND (nothing serves, nothing served before, no such version), INPUT_INVALID, MODEL_REFUSED,
   * MODEL_MISMATCH
   */
  rollback(zone: string, actor: Actor, { to, reason }: RollbackOptions = {}): Promise<ModelSwap> {
    return this.inTurn(actor, 'models.rollback', zone, reason, async (turn) => {
      const versions = await this.versions();
      const current = versions.servingOf(zone);
      if (current === null)
        throw new NowcastError(
          'MODEL_NOT_FOUND',
          `zone ${zone} has no model that serves, so none to roll back`,
        );
      const record = await this.rollbackTarget(versions, zone, current, to);
      const { zones } = record.manifest;
      const replaced = servingBy(versions, zones);
      const why = `rollback of ${zone} from ${current} by ${actor.name}`;
      const records = [withStatus(record, 'promoted', why, reason)];
      // A version that serves other zones as well goes on serving them; it stands behind the target in the log.
      const retire = versions.zonesServedBy(current).every((served) => zones.includes(served));
      if (retire) {
        const bad = (await this.records([current])).get(current);
        if (bad !== undefined)
          records.push(
            withStatus(bad, 'retired', `rolled back to ${record.version} by ${actor.name}`, reason),
          );
      }
      await this.publish(versions, records, turn);
      return { version: record.version, zones, replaced, retired: retire ? current : null, changed: true };
    });
  }

  /** Would these versions load? All when none is named. @throws NowcastError MODEL_NOT_FOUND */
  verify(version: string | null, actor: Actor): Promise<VersionCheck[]> {
    return this.audited(actor, 'models.verify', version ?? 'all', undefined, async () => {
      const versions = await this.versions();
      if (version !== null && versions.get(version) === undefined) throw notFound(version);
      const checks: VersionCheck[] = [];
      for (const one of version === null ? versions.all() : [version]) {
        const record = (await this.records([one])).get(one);
        const problem =
          record === undefined ? 'its record is gone' : await checkModel(record, this.options.trusted());
        checks.push({ version: one, problem });
      }
      return checks;
    });
  }

  /** The record of a version, whose export is noted. @throws NowcastError MODEL_NOT_FOUND, MODEL_REFUSED */
  export<R>(version: string, actor: Actor, write: (record: ModelRecord) => Promise<R>): Promise<R> {
    return this.audited(actor, 'models.export', version, undefined, async () => {
      const record = (await this.records([version])).get(version);
      if (record === undefined) throw notFound(version);
      return write(record);
    });
  }

  private async rollbackTarget(
    versions: ServingVersions,
    zone: string,
    current: string,
    to: string | undefined,
  ): Promise<ModelRecord> {
    if (to !== undefined) {
      const known = versions.get(to);
      if (known === undefined) throw notFound(to);
      if (to === current) throw new NowcastError('INPUT_INVALID', `zone ${zone} is served by ${to} already`);
      if (!known.zones.includes(zone))
        throw new NowcastError(
          'INPUT_INVALID',
          `model ${to} is of ${known.zones.join(', ')}, not of ${zone}`,
        );
      return this.usable(to);
    }
    const before = versions.promotedFor(zone).slice(1);
    const problems: string[] = [];
    for (const version of before) {
      try {
        return await this.usable(version);
      } catch (error) {
        problems.push(messageOf(error));
      }
    }
    throw problems.length > 0
      ? new NowcastError(
          'MODEL_REFUSED',
          `no version that served ${zone} before can be used: ${problems.join('; ')}`,
        )
      : new NowcastError(
          'MODEL_NOT_FOUND',
          `no version served ${zone} before ${current}; name one to roll back to, see \`nowcast models list\``,
        );
  }

  /** A record that consumers would load: tried here, as they would. */
  private async usable(version: string): Promise<ModelRecord> {
    const record = (await this.records([version])).get(version);
    if (record === undefined) throw notFound(version);
    await (await loadModel(record, this.options.trusted())).release();
    return record;
  }

  /** All in one append, in this order: what takes over stands before what it replaces. */
  private async publish(
    versions: ServingVersions,
    records: readonly ModelRecord[],
    turn: Turn,
  ): Promise<void> {
    const { log, codec, now } = this.options;
    const firstMs = versions.nextStatusAtMs(now());
    const appended = records.map((record, i) => ({
      key: record.version,
      value: codec.encode('models', { ...record, statusAt: toIso(firstMs + i) }),
      timestampMs: firstMs + i,
      headers: recordHead('models', 'registry'),
    }));
    await turn.confirm();
    await log.append('models', appended);
  }

  private versions(): Promise<ServingVersions> {
    return readServingVersions(this.options.log, this.options.codec);
  }

  private records(versions: readonly string[]): Promise<Map<string, ModelRecord>> {
    return readModelRecords(this.options.log, this.options.codec, new Set(versions));
  }

  /** A change: made when its turn has come, and read what it builds on only then. */
  private async inTurn<R>(
    actor: Actor,
    action: string,
    target: string,
    reason: string | undefined,
    run: (turn: Turn) => Promise<R>,
  ): Promise<R> {
    const turn = await this.line.enter(actor, action, target);
    return this.audited(actor, action, target, reason, () => run(turn), turn.details);
  }

  private async audited<R>(
    actor: Actor,
    action: string,
    target: string,
    reason: string | undefined,
    run: () => Promise<R>,
    details: Readonly<Record<string, string>> = {},
  ): Promise<R> {
    const { audit } = this.options;
    const said = reason === undefined ? details : { ...details, reason };
    let result: R;
    try {
      result = await run();
    } catch (error) {
      // Nothing was done: who asked must learn why, also when that cannot be written down.
      await audit.write(actor, action, target, 'failed', { ...said, error: messageOf(error) }).catch(() => 0);
      throw error;
    }
    await audit.done(actor, action, target, { ...said, ...detailsOf(result) });
    return result;
  }
}

export interface PromoteOptions {
  readonly only?: string;
  readonly reason?: string;
}

export interface RollbackOptions {
  readonly to?: string;
  readonly reason?: string;
}

function servingBy(versions: ServingVersions, zones: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(zones.map((zone) => [zone, versions.servingOf(zone)]));
}
