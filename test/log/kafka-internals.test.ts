import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCluster, patchKafkajs, type RequestQueue } from '../../src/log/kafka-internals.js';

interface QueueOptions {
  readonly maxInFlightRequests: number;
  readonly requestTimeout: number;
  readonly clientId: string;
  readonly broker: string;
  readonly logger: { debug: () => void };
}

interface TestedQueue extends RequestQueue {
  push(request: {
    entry: { correlationId: number; resolve: () => void };
    expectResponse: boolean;
    sendRequest: () => void;
  }): void;
  maybeThrottle(throttleMs: number): void;
}

const Queue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as new (
  options: QueueOptions,
) => TestedQueue;

function newQueue(): TestedQueue {
  const logger = { debug: () => undefined };
  return new Queue({ maxInFlightRequests: 1, requestTimeout: 1000, clientId: 'c', broker: 'b', logger });
}

describe('the patches of kafkajs', () => {
  beforeAll(() => patchKafkajs());
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('arms no timer on a connection with nothing to send', () => {
    const queue = newQueue();
    queue.checkPendingRequests();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('still sends what waits for the end of a throttling', () => {
    const queue = newQueue();
    let sent = 0;
    queue.maybeThrottle(50);
    queue.push({
      entry: { correlationId: 1, resolve: () => undefined },
      expectResponse: false,
      sendRequest: () => (sent += 1),
    });
    expect([sent, queue.pending.length]).toEqual([0, 1]);
    vi.advanceTimersByTime(60);
    expect([sent, queue.pending.length]).toEqual([1, 0]);
    vi.advanceTimersByTime(60);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('packs gzip that unpacks to the same bytes', async () => {
    vi.useRealTimers();
    const codec = kafkajs.CompressionCodecs[kafkajs.CompressionTypes.GZIP]() as {
      compress(encoder: { buffer: Buffer }): Promise<Buffer>;
      decompress(buffer: Buffer): Promise<Buffer>;
    };
    const buffer = Buffer.from('power '.repeat(1000));
    const packed = await codec.compress({ buffer });
    expect(packed.length).toBeLessThan(buffer.length / 10);
    expect((await codec.decompress(packed)).equals(buffer)).toBe(true);
  });

  it('finds the cluster that reads without a group', () => {
    const cluster = createCluster(
      new kafkajs.Kafka({ brokers: ['127.0.0.1:1'], logLevel: kafkajs.logLevel.NOTHING }),
    );
    expect(typeof cluster.findBroker).toBe('function');
  });
});
