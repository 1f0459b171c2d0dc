import type {
  EventLog,
  PartitionOffset,
  RecordBatch,
  Subscription,
  TopicPartition,
} from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import { EVENT_TOPICS, eventOf, type EventTopic, type WebhookEvent } from './events.js';
import { deliveryId } from './signature.js';
import type { WebhookStore } from './webhook-store.js';
import { newDelivery, wants } from './webhook.js';

export interface IntakeOptions {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly store: WebhookStore;
  readonly nowMs: () => number;
  /** There is something to send. */
  readonly onNew: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Follows the topics of events from the committed offsets on and makes a delivery of each event for each webhook that
 * wants it. The offset is committed once the deliveries are durable, and a delivery's id follows from its event:
 * neither a restart nor a record that is read twice loses or doubles one. A store that never followed starts now.
 */
export async function startIntake(options: IntakeOptions): Promise<Subscription> {
  const { log, store, onError } = options;
  const moved = new Set<string>();
  const keepPlace = async (fresh: readonly PartitionOffset[]): Promise<void> => {
    // Without a committed offset the next start would begin at its own present, past what came meanwhile.
    const unmoved = fresh.filter((place) => !moved.has(nameOf(place)));
    if (unmoved.length > 0) await (await ready).commit(unmoved);
  };
  const ready: Promise<Subscription> = log.subscribe({
    group: `webhooks-${await store.identity()}`,
    topics: EVENT_TOPICS,
    onAssigned: async (assigned) => {
      const fresh = assigned
        .filter(({ committed }) => committed === null)
        .map(({ topic, partition, high }) => ({ topic, partition, offset: high }));
      void Promise.resolve()
        .then(() => keepPlace(fresh))
        .catch(onError);
      return fresh;
    },
    onBatch: async (batch) => {
      await take(batch, options);
      const { topic, partition, records } = batch;
      moved.add(nameOf(batch));
      await (await ready).commit([{ topic, partition, offset: (records.at(-1)?.offset ?? 0) + 1 }]);
    },
    onError,
  });
  return ready;
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

async function take(batch: RecordBatch, { codec, store, nowMs, onNew }: IntakeOptions): Promise<void> {
  const webhooks = store.list();
  if (webhooks.length === 0) return;
  const events = await eventsOf(batch, codec);
  const atMs = nowMs();
  const deliveries = webhooks.flatMap((webhook) =>
    events
      .filter((event) => wants(webhook, event))
      .map((event) => newDelivery(webhook, event, deliveryId(webhook.id, event.identity), atMs)),
  );
  await store.addNew(deliveries);
  if (deliveries.length > 0) onNew();
}

async function eventsOf({ topic, records }: RecordBatch, codec: SchemaCodec): Promise<WebhookEvent[]> {
  await codec.prepare(records.map(({ value }) => value));
  return records.flatMap(({ value }) => {
    const decoded = codec.decode(topic as EventTopic, value);
    const event = decoded.ok ? eventOf(topic as EventTopic, decoded.value) : null;
    return event === null ? [] : [event];
  });
}
