import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Kafka, type Message, type Producer, type RecordMetadata } from 'kafkajs';
import { NowcastError } from '../contracts/errors.js';
import type { AppendRecord } from './event-log.js';
import { RETRY } from './kafka-client.js';
import { toLogError, typeOf } from './kafka-errors.js';
import { toMessage } from './kafka-records.js';

/** Below the 1 MB that a broker takes in one batch by default, even if it does not compress at all. */
const MAX_PARTITION_BYTES = 900_000;
const MAX_CHUNK_RECORDS = 20_000;
/** Framing of one record: lengths, deltas, attributes. Headers are counted by their text. */
const RECORD_OVERHEAD_BYTES = 32;
/** A broker restarts within this time; longer outages are the caller's to decide on. */
const GIVE_UP_AFTER_MS = 60_000;
const RETRY_EVERY_MS = 300;
/** The broker did not write these and does not know the producer (any more): go on with a new one. */
const FORGOTTEN_PRODUCER = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
]);

export interface WrittenRange {
  readonly partition: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

/**
 * The idempotent producer. One send at a time: kafkajs gives a failed request's sequence numbers to the next one, so two
 * in flight could make the broker take the second for a repetition of the first and drop it.
 */
export class KafkaProducer {
  private producer: Producer | null = null;
  private last: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(private readonly kafka: Kafka) {}

  /** Appends in order; returns what was written by partition, in the order of first use. */
  append(
    topic: string,
    records: readonly AppendRecord[],
    partitions: readonly number[],
  ): Promise<WrittenRange[]> {
    const turn = this.last.then(() => this.appendNow(topic, records, partitions));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    await this.last;
    this.closed = true;
    await this.discard();
  }

  private async appendNow(
    topic: string,
    records: readonly AppendRecord[],
    partitions: readonly number[],
  ): Promise<WrittenRange[]> {
    const ranges = new Map<number, WrittenRange>();
    for (const chunk of chunksOf(records, partitions)) {
      for (const written of await this.send(topic, chunk)) {
        const earlier = ranges.get(written.partition);
        ranges.set(written.partition, {
          ...written,
          firstOffset: earlier?.firstOffset ?? written.firstOffset,
        });
      }
    }
    return [...ranges.values()];
  }

  /**
   * Sends one chunk until the cluster took it. Tried again on the SAME producer it has the same sequence numbers, so the
   * broker knows it if only the answer was lost: no doubles over a restart of the broker.
   */
  private async send(topic: string, messages: Message[]): Promise<WrittenRange[]> {
    const deadline = performance.now() + GIVE_UP_AFTER_MS;
    for (;;) {
      if (this.closed) throw new NowcastError('LOG_CLOSED', 'the log is closed');
      try {
        const producer = await this.connected();
        const compression = kafkajs.CompressionTypes.GZIP;
        return rangesOf(await producer.send({ topic, messages, acks: -1, compression }), messages);
      } catch (error) {
        const failure = toLogError(error, `could not append to ${topic}`, { topic });
        const isOver = !failure.retriable || performance.now() > deadline;
        // Given up, its sequence numbers must not pass to other records, which the broker could then take for these.
        if (isOver || FORGOTTEN_PRODUCER.has(typeOf(error))) await this.discard();
        if (isOver) throw failure;
        await delay(RETRY_EVERY_MS);
      }
    }
  }

  private async connected(): Promise<Producer> {
    if (this.producer === null) {
      const producer = this.kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner: () => chosenPartition,
        retry: RETRY,
      });
      await producer.connect();
      this.producer = producer;
    }
    return this.producer;
  }

  private async discard(): Promise<void> {
    const producer = this.producer;
    this.producer = null;
    await producer?.disconnect().catch(() => undefined);
  }
}

/** Every message carries its partition already (src/log/partitioner.ts). */
function chosenPartition({ message }: { message: Message }): number {
  if (message.partition === undefined) throw new NowcastError('INTERNAL', 'a message without a partition');
  return message.partition;
}

/** Parts the records so that no partition gets a batch too large for the broker; order within a partition stays. */
function* chunksOf(records: readonly AppendRecord[], partitions: readonly number[]): Generator<Message[]> {
  let chunk: Message[] = [];
  let bytes = new Map<number, number>();
  for (const [at, record] of records.entries()) {
    const partition = partitions[at] ?? 0;
    const used = bytes.get(partition) ?? 0;
    const size = sizeOf(record);
    if (chunk.length > 0 && (used + size > MAX_PARTITION_BYTES || chunk.length >= MAX_CHUNK_RECORDS)) {
      yield chunk;
      chunk = [];
      bytes = new Map();
    }
    bytes.set(partition, (bytes.get(partition) ?? 0) + size);
    chunk.push(toMessage(record, partition));
  }
  if (chunk.length > 0) yield chunk;
}

function sizeOf(record: AppendRecord): number {
  let size = RECORD_OVERHEAD_BYTES + record.key.length * 3 + (record.value?.byteLength ?? 0);
  for (const name in record.headers) size += 4 + name.length + (record.headers[name]?.length ?? 0) * 3;
  return size;
}

function rangesOf(sent: readonly RecordMetadata[], messages: readonly Message[]): WrittenRange[] {
  const counts = new Map<number, number>();
  for (const { partition = 0 } of messages) counts.set(partition, (counts.get(partition) ?? 0) + 1);
  return sent.map(({ partition, baseOffset }) => {
    const firstOffset = Number(baseOffset);
    return { partition, firstOffset, lastOffset: firstOffset + (counts.get(partition) ?? 1) - 1 };
  });
}
