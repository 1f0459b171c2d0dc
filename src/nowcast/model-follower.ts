import type { ModelRecord } from '../contracts/records.js';
import type { EventLog, LogRecord, PartitionOffset, RecordBatch, Subscription } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import type { ActiveModels, ModelChange } from '../model/active-models.js';
import type { HeldOutErrors } from '../model/held-out-errors.js';
import { readModelRecords } from '../model/model-catalogue.js';
import { ServingVersions } from '../model/serving-versions.js';

export interface ModelFollowerOptions {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly models: ActiveModels;
  /** Told of every version that the topic holds. */
  readonly heldOut?: HeldOutErrors;
  /** Told of every swap, withdrawal and refusal. */
  readonly onChange: (change: Exclude<ModelChange, { outcome: 'none' }>) => void;
  readonly onUndecodable: (batch: RecordBatch, offset: number, code: string, message: string) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Follows the models topic and keeps `ActiveModels` up to date. What the topic holds at the start is applied before
 * `start` resolves, so that the first nowcast after a restart is made by the model that should make it; of all that the
 * topic holds only the versions that serve are loaded.
 */
export class ModelFollower {
  private subscription: Subscription | undefined;
  private readonly applied = new Map<number, number>();
  private readonly versions = new ServingVersions();

  constructor(private readonly options: ModelFollowerOptions) {}

  async start(): Promise<void> {
    const { log, onError } = this.options;
    const ends = await log.watermarks('models');
    for (const { partition, low, high } of ends) {
      for await (const batch of log.read('models', partition, low, high)) {
        for (const record of await this.decode(batch)) this.note(record);
      }
    }
    await this.settle(this.versions.zones());
    for (const { partition, high } of ends) this.applied.set(partition, high);
    this.subscription = await log.subscribe({
      group: null,
      topics: ['models'],
      onAssigned: () =>
        Promise.resolve(ends.map(({ topic, partition, high }) => ({ topic, partition, offset: high }))),
      onBatch: (batch) => this.apply(batch),
      onError,
    });
  }

  /** True once every record of the models topic below these offsets has been applied or refused. */
  hasApplied(targets: readonly PartitionOffset[]): boolean {
    return targets
      .filter(({ topic }) => topic === 'models')
      .every(({ partition, offset }) => (this.applied.get(partition) ?? 0) >= offset);
  }

  async close(): Promise<void> {
    await this.subscription?.close();
  }

  private async apply(batch: RecordBatch): Promise<void> {
    for (const record of await this.decode(batch)) {
      this.note(record);
      const { version, value } = record;
      if (value?.status === 'promoted') this.tell(await this.options.models.activate(value));
      else await this.withdraw(version);
    }
    const last = batch.records.at(-1);
    if (last !== undefined) this.applied.set(batch.partition, last.offset + 1);
  }

  private async withdraw(version: string): Promise<void> {
    const change = this.options.models.withdraw(version);
    if (change.outcome !== 'deactivated') return;
    // What was superseded by it serves again, here as in a consumer that starts only now.
    const left = await this.settle(change.zones);
    if (left.length > 0) this.tell({ ...change, zones: left });
  }

  /**
   * Gives each zone the latest promoted version that loads.
   * @returns the zones for which there is none
   */
  private async settle(zones: readonly string[]): Promise<string[]> {
    const { log, codec, models } = this.options;
    let open = zones.map((zone) => ({ zone, candidates: this.versions.promotedFor(zone) }));
    while (open.some(({ candidates }) => candidates.length > 0)) {
      const next = open.flatMap(({ candidates: [first] }) => (first === undefined ? [] : [first]));
      const records = await readModelRecords(log, codec, new Set(next));
      for (const { zone, candidates } of open) {
        const record = records.get(candidates.shift() ?? '');
        if (record !== undefined) this.tell(await models.activate(record, [zone]));
      }
      open = open.filter(({ zone }) => models.forZone(zone) === null);
      if (open.every(({ candidates }) => candidates.length === 0)) break;
    }
    return open.map(({ zone }) => zone);
  }

  private note({ version, value }: Noted): void {
    const { heldOut } = this.options;
    if (value === null) {
      this.versions.remove(version);
      heldOut?.remove(version);
    } else {
      this.versions.apply(value);
      heldOut?.note(value.manifest);
    }
  }

  private async decode(batch: RecordBatch): Promise<Noted[]> {
    const { codec } = this.options;
    await codec.prepare(batch.records.map(({ value }) => value));
    return batch.records.flatMap((record) => this.decodeOne(batch, record));
  }

  private decodeOne(batch: RecordBatch, { key, value, offset }: LogRecord): Noted[] {
    if (value === null) return [{ version: key, value: null }];
    const decoded = this.options.codec.decode('models', value);
    if (decoded.ok) return [{ version: decoded.value.version, value: decoded.value }];
    this.options.onUndecodable(batch, offset, decoded.code, decoded.message);
    return [];
  }

  private tell(change: ModelChange): void {
    if (change.outcome !== 'none') this.options.onChange(change);
  }
}

/** A record of the topic; null is a tombstone. */
interface Noted {
  readonly version: string;
  readonly value: ModelRecord | null;
}
