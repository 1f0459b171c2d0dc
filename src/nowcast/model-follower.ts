import type { ModelRecord } from '../contracts/records.js';
import type { EventLog, PartitionOffset, RecordBatch, Subscription } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import type { ActiveModels, ModelChange } from '../model/active-models.js';

export interface ModelFollowerOptions {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly models: ActiveModels;
  /** Told of every swap, withdrawal and refusal. */
  readonly onChange: (change: Exclude<ModelChange, { outcome: 'none' }>) => void;
  readonly onUndecodable: (batch: RecordBatch, offset: number, code: string, message: string) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Follows the models topic and keeps `ActiveModels` up to date. What the topic holds at the start is applied before
 * `start` resolves, so that the first nowcast after a restart is made by the model that should make it.
 */
export class ModelFollower {
  private subscription: Subscription | undefined;
  private readonly applied = new Map<number, number>();

  constructor(private readonly options: ModelFollowerOptions) {}

  async start(): Promise<void> {
    const { log, onError } = this.options;
    const ends = await log.watermarks('models');
    for (const { partition, low, high } of ends) {
      for await (const batch of log.read('models', partition, low, high)) await this.apply(batch);
      this.applied.set(partition, high);
    }
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
    const { codec } = this.options;
    await codec.prepare(batch.records.map(({ value }) => value));
    for (const { value, offset } of batch.records) {
      if (value === null) continue;
      const decoded = codec.decode('models', value);
      if (decoded.ok) await this.applyRecord(decoded.value);
      else this.options.onUndecodable(batch, offset, decoded.code, decoded.message);
    }
    const last = batch.records.at(-1);
    if (last !== undefined) this.applied.set(batch.partition, last.offset + 1);
  }

  private async applyRecord(record: ModelRecord): Promise<void> {
    const change = await this.options.models.apply(record);
    if (change.outcome !== 'none') this.options.onChange(change);
  }
}
