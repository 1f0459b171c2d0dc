import type { ModelRecord } from '../contracts/records.js';
import type { EventLog, RecordBatch, Subscription } from '../log/event-log.js';
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

  constructor(private readonly options: ModelFollowerOptions) {}

  async start(): Promise<void> {
    const { log, onError } = this.options;
    const ends = await log.watermarks('models');
    for (const { partition, low, high } of ends) {
      for await (const batch of log.read('models', partition, low, high)) await this.apply(batch);
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
  }

  private async applyRecord(record: ModelRecord): Promise<void> {
    const change = await this.options.models.apply(record);
    if (change.outcome !== 'none') this.options.onChange(change);
  }
}
