/**
 * The few places where kafkajs 2.2.4 is reached below its public interface, each with its reason.
 * kafkajs is pinned to that very version; every patch checks the shape it relies on and refuses to load otherwise.
 */
import { createRequire } from 'node:module';
import { gunzip, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import kafkajs, { type Kafka } from 'kafkajs';
import { NowcastError } from '../contracts/errors.js';

const require = createRequire(import.meta.url);
const PATCHED = Symbol.for('power-nowcast.kafkajs-patched');

/** kafkajs' request queue of one connection, as far as the idle patch sees it. */
export interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
  checkPendingRequests(): void;
}

/** kafkajs' membership in a consumer group; `offset` is a decimal string. */
export interface ConsumerGroup {
  readonly assigners: readonly { readonly joinListener?: JoinListener }[];
  joinAndSync(): Promise<void>;
  assigned(): readonly { topic: string; partitions: readonly number[] }[];
  seek(position: { topic: string; partition: number; offset: string }): void;
  pause(partitions: readonly { topic: string; partitions: number[] }[]): void;
  resume(partitions: readonly { topic: string; partitions: number[] }[]): void;
  heartbeat(options: { interval: number }): Promise<void>;
  commitOffsets(offsets: {
    topics: { topic: string; partitions: { partition: number; offset: string; metadata: string }[] }[];
  }): Promise<void>;
}

/** Told around every join of a consumer group; kafkajs waits for both. */
export interface JoinListener {
  /** Partitions are about to be taken away. */
  beforeJoin(): Promise<void>;
  /** Partitions were given; nothing is fetched from them until this resolves. */
  afterJoin(group: ConsumerGroup): Promise<void>;
}

export interface FetchedMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | readonly (Buffer | string)[] | undefined>>;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly firstOffset: string; readonly lastOffsetDelta: number };
}

export interface Broker {
  fetch(request: {
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    isolationLevel: number;
    topics: {
      topic: string;
      partitions: { partition: number; fetchOffset: string; maxBytes: number }[];
    }[];
  }): Promise<{
    responses: { partitions: { highWatermark: string; messages: FetchedMessage[] }[] }[];
  }>;
}

/** kafkajs' view of the cluster: leaders, offsets, brokers. */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  removeBroker(address: { host: string; port: number }): void;
  addMultipleTargetTopics(topics: string[]): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
  findBroker(node: { nodeId: string }): Promise<Broker>;
}

interface Patchable {
  prototype: Record<PropertyKey, unknown>;
}

/** Applies the patches once a process. Safe to call again. */
export function patchKafkajs(): void {
  const queue = load('kafkajs/src/network/requestQueue', 'scheduleCheckPendingRequests');
  const group = load('kafkajs/src/consumer/consumerGroup', 'joinAndSync');
  if (queue.prototype[PATCHED] === true) return;
  queue.prototype[PATCHED] = true;
  patchIdleTimer(queue);
  patchJoin(group);
  useFastGzip();
}

/**
 * With nothing pending kafkajs arms a timer for "when the throttling ends" in the past, so it fires after 1 ms and arms
 * itself again: each idle connection wakes the process a thousand times a second. A queue with nothing pending has
 * nothing to check, and `push` arms the timer itself when it queues a request, so arming it only then loses nothing.
 */
function patchIdleTimer(queue: Patchable): void {
  const original = queue.prototype['scheduleCheckPendingRequests'] as (this: RequestQueue) => void;
  queue.prototype['scheduleCheckPendingRequests'] = function (this: RequestQueue): void {
    if (this.pending.length > 0) original.call(this);
  };
}

/**
 * kafkajs announces a (re)join only by events that nobody waits for: too late to commit before partitions go, and too
 * late to say where to start before the first fetch. Here it waits, where a consumer's own assigner carries a listener.
 */
function patchJoin(group: Patchable): void {
  const original = group.prototype['joinAndSync'] as (this: ConsumerGroup) => Promise<void>;
  group.prototype['joinAndSync'] = async function (this: ConsumerGroup): Promise<void> {
    const listener = this.assigners.find((assigner) => assigner.joinListener !== undefined)?.joinListener;
    await listener?.beforeJoin();
    await original.call(this);
    await listener?.afterJoin(this);
  };
}

/** Level 1 costs a third of kafkajs' default level 6 and packs JSON nearly as well. */
function useFastGzip(): void {
  const compress = promisify<Buffer, { level: number }, Buffer>(gzip);
  const decompress = promisify<Buffer, Buffer>(gunzip);
  const codec = {
    compress: (encoder: { buffer: Buffer }) => compress(encoder.buffer, { level: 1 }),
    decompress: (buffer: Buffer) => decompress(buffer),
  };
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.GZIP] = () => codec;
}

/**
 * A connection to the cluster without producer, consumer or group: reading a range then costs a fetch, not a group join
 * (which production brokers delay by 3 s).
 */
export function createCluster(kafka: Kafka): Cluster {
  const holder = kafka as unknown as Record<symbol, unknown>;
  const symbol = Object.getOwnPropertySymbols(holder).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const create = symbol === undefined ? undefined : holder[symbol];
  if (typeof create !== 'function') throw unexpected('Kafka#createCluster');
  const options = { metadataMaxAge: 300_000, allowAutoTopicCreation: false, isolationLevel: 1 };
  return (create as (options: object) => Cluster).call(kafka, options);
}

function load(module: string, method: string): Patchable {
  const loaded: unknown = require(module);
  const usable =
    typeof loaded === 'function' && typeof (loaded as Patchable).prototype[method] === 'function';
  if (!usable) throw unexpected(`${module}#${method}`);
  return loaded;
}

function unexpected(what: string): NowcastError {
  return new NowcastError('INTERNAL', `kafkajs has no ${what}: this product needs exactly kafkajs 2.2.4`);
}
