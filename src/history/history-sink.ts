import { messageOf } from '../contracts/errors.js';
import type { TopicName, TopicRecords } from '../contracts/records.js';
import type { EventLog, PartitionOffset, RecordBatch, Subscription } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import { retryForever } from '../ops/retry.js';
import type { HistoryStore, HistoryWrite } from './history-store.js';

const SERIES = [
  'demand.observed',
  'weather.observed',
  'demand.forecast',
  'supply.observed',
  'supply.forecast',
  'nowcasts',
  'accuracy',
] as const;
/** What happened beside the series; a database that dashboards read has it, the embedded history does not. */
const EVENTS = ['models', 'quality.events', 'alerts', 'training.runs'] as const;
const GROUP = 'nowcast-history';

export interface HistorySinkOptions {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly history: HistoryStore;
  /** False while the store does not answer; the log keeps everything meanwhile. */
  readonly onState: (ok: boolean, detail: string) => void;
  /** A record that is not what its topic promises; the sink goes on without it. */
  readonly onSkipped: (topic: string, offset: number, message: string) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Writes the log's demand, weather, nowcasts and accuracy, what operators forecast and their supply side, and for
 * dashboards what happened beside them, to the history store, as a consumer of its own: a history that is down delays no
 * nowcast, and catches up by itself. Writes are idempotent, so at-least-once is enough.
 */
export class HistorySink {
  private subscription: Subscription | undefined;
  private readonly stopping = new AbortController();
  private readonly positions = new Map<string, PartitionOffset>();
  private readonly topics: readonly string[];

  constructor(private readonly options: HistorySinkOptions) {
    this.topics = options.history.kind === 'influx' ? [...SERIES, ...EVENTS] : SERIES;
  }

  async start(): Promise<void> {
    const { log, history, onState, onError } = this.options;
    await this.retry(() => history.open());
    this.subscription = await log.subscribe({
      group: GROUP,
      topics: this.topics,
      onAssigned: (assigned) => {
        const starts = assigned.map(({ topic, partition, low, committed }) => ({
          topic,
          partition,
          offset: Math.max(low, committed?.offset ?? low),
        }));
        for (const start of starts) this.positions.set(`${start.topic}/${start.partition}`, start);
        return Promise.resolve(starts);
      },
      onBatch: (batch) => this.write(batch),
      onError,
    });
    onState(true, `writing to the ${history.kind} history`);
  }

  /** True once everything below these offsets is in the store. */
  hasReached(targets: readonly PartitionOffset[]): boolean {
    return targets
      .filter(({ topic }) => this.topics.includes(topic))
      .every(
        ({ topic, partition, offset }) =>
          (this.positions.get(`${topic}/${partition}`)?.offset ?? 0) >= offset,
      );
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.subscription?.close();
  }

  private async write(batch: RecordBatch): Promise<void> {
    const { codec, history } = this.options;
    await this.retry(() => codec.prepare(batch.records.map(({ value }) => value)));
    const write = this.toWrite(batch);
    if (write !== null) await this.retry(() => history.write(write));
    const last = batch.records.at(-1);
    if (last === undefined) return;
    const position = { topic: batch.topic, partition: batch.partition, offset: last.offset + 1 };
    this.positions.set(`${batch.topic}/${batch.partition}`, position);
    await this.subscription?.commit([position]);
  }

  private toWrite(batch: RecordBatch): HistoryWrite | null {
    switch (batch.topic) {
      case 'demand.observed':
        return { demand: this.decode(batch.topic, batch) };
      case 'weather.observed':
        return { weather: this.decode(batch.topic, batch) };
      case 'demand.forecast':
        return { demandForecasts: this.decode(batch.topic, batch) };
      case 'supply.observed':
      case 'supply.forecast':
        return { supply: this.decode(batch.topic, batch) };
      case 'nowcasts':
        return { nowcasts: this.decode(batch.topic, batch) };
      case 'accuracy':
        return { accuracy: this.decode(batch.topic, batch) };
      case 'models':
        return { models: this.decode(batch.topic, batch) };
      case 'quality.events':
        return { qualityEvents: this.decode(batch.topic, batch) };
      case 'alerts':
        return { alerts: this.decode(batch.topic, batch) };
      case 'training.runs':
        return { trainingRuns: this.decode(batch.topic, batch) };
      default:
        return null;
    }
  }

  private decode<T extends TopicName>(topic: T, batch: RecordBatch): TopicRecords[T][] {
    const values: TopicRecords[T][] = [];
    for (const { value, offset } of batch.records) {
      const decoded = this.options.codec.decode(topic, value);
      if (decoded.ok) values.push(decoded.value);
      else this.options.onSkipped(topic, offset, decoded.message);
    }
    return values;
  }

  private retry<T>(action: () => Promise<T>): Promise<T> {
    const { onState, history } = this.options;
    let failed = false;
    return retryForever(action, {
      signal: this.stopping.signal,
      onRetry: (error, delayMs) => {
        failed = true;
        onState(false, `${messageOf(error)}; trying again in ${delayMs} ms`);
      },
    }).then((result) => {
      if (failed) onState(true, `the ${history.kind} history answers again`);
      return result;
    });
  }
}
