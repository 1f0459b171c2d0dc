/** What Kafka itself makes of a log: compaction holes, deleted heads, very large records. */
import { randomBytes } from 'node:crypto';
import kafkajs, { type Admin } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EventLog, LogRecord, TopicSpec } from '../../src/log/event-log.js';
import { openKafkaLog } from '../../src/log/kafka-log.js';
import { servicesOrSkip, uniqueName } from './support/services.js';

const services = await servicesOrSkip(['kafka']);
const TIME_MS = 1_704_067_200_000;
const WAIT = { timeout: 30_000, interval: 50 };

describe.skipIf(services.skipReason !== null)('records on a real cluster', () => {
  const topicPrefix = `${uniqueName('records')}.`;
  let log: EventLog;
  let admin: Admin;

  beforeAll(async () => {
    log = await openKafkaLog({ brokers: services.kafkaBrokers, clientId: 'records', topicPrefix });
    const brokers = [...services.kafkaBrokers];
    admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
  });
  afterAll(async () => {
    await log.close();
    await admin.disconnect();
  });

  async function topic(config: Record<string, string>): Promise<string> {
    const name = uniqueName('topic');
    const spec: TopicSpec = {
      name,
      key: 'any',
      valueSchema: 'any',
      partitions: 1,
      replicationFactor: 1,
      config,
    };
    await log.ensureTopics([spec]);
    return name;
  }

  async function append(
    name: string,
    key: string,
    value: Buffer | null,
    timestampMs = TIME_MS,
  ): Promise<number> {
    const [written] = await log.append(name, [{ key, value, timestampMs }]);
    return written?.firstOffset ?? Number.NaN;
  }

  async function readAll(name: string, from = 0): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for await (const batch of log.read(name, 0, from)) records.push(...batch.records);
    return records;
  }

  it('reads and follows a compacted topic over its holes, from every offset', async () => {
    const name = await topic({
      'cleanup.policy': 'compact',
      'segment.ms': '100',
      'min.cleanable.dirty.ratio': '0.01',
      'delete.retention.ms': '1',
    });
    for (let round = 0; round < 4; round++) {
      for (let key = 0; key < 5; key++) await append(name, `k${key}`, Buffer.from(`${round}`));
      const many = Array.from({ length: 20 }, (_, at) => ({
        key: `k${at % 5}`,
        value: Buffer.from(`r${round}`),
        timestampMs: TIME_MS,
      }));
      await log.append(name, many);
    }
    await append(name, 'k0', null);
    // The active segment is never cleaned; segments roll by the records' own time, so that goes on until the old rounds are gone.
    let laterMs = TIME_MS;
    await vi.waitFor(async () => {
      await append(name, 'roll', Buffer.from('x'), (laterMs += 1_000));
      const kept = await readAll(name);
      expect(kept.filter(({ key }) => key === 'k1').map(({ value }) => String(value))).toEqual(['r3']);
    }, WAIT);
    const high = (await log.watermarks(name))[0]?.high ?? 0;
    const kept = (await readAll(name)).map(({ offset }) => offset);
    expect(kept.length).toBeLessThan(high);
    for (let from = 0; from <= high; from++) {
      const offsets = (await readAll(name, from)).map(({ offset }) => offset);
      expect(offsets.every((offset) => offset >= from)).toBe(true);
    }
    const seen: LogRecord[] = [];
    const onBatch = async ({ records }: { records: readonly LogRecord[] }): Promise<void> =>
      void seen.push(...records);
    const subscription = await log.subscribe({ group: null, topics: [name], onBatch });
    const last = await append(name, 'end', Buffer.from('end'));
    await vi.waitFor(() => expect(seen.at(-1)?.offset).toBe(last), WAIT);
    await subscription.close();
    const offsets = seen.map(({ offset }) => offset);
    expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
    expect(seen.filter(({ key }) => key === 'k1').map(({ value }) => String(value))).toEqual(['r3']);
  });

  it('goes on at the low watermark when its position is deleted under it', async () => {
    const name = await topic({ 'cleanup.policy': 'delete' });
    for (let at = 0; at < 10; at++) await append(name, 'k', Buffer.from(`${at}`));
    const group = uniqueName('group');
    const seen: string[] = [];
    const errors: unknown[] = [];
    const subscription = await log.subscribe({
      group,
      topics: [name],
      onAssigned: async (assigned) => {
        const deleted = { topic: topicPrefix + name, partitions: [{ partition: 0, offset: '7' }] };
        await admin.fetchTopicOffsets(deleted.topic);
        await admin.deleteTopicRecords(deleted);
        return assigned.map(({ topic: of, partition }) => ({ topic: of, partition, offset: 3 }));
      },
      onBatch: async ({ records }) => void seen.push(...records.map(({ value }) => String(value))),
      onError: (error) => errors.push(error),
    });
    await vi.waitFor(() => expect([seen, errors]).toEqual([['7', '8', '9'], []]), WAIT);
    await append(name, 'k', Buffer.from('10'));
    await vi.waitFor(() => expect(seen).toEqual(['7', '8', '9', '10']), WAIT);
    await subscription.close();
    expect(errors).toEqual([]);
    expect((await readAll(name, 2)).map(({ offset }) => offset)).toEqual([7, 8, 9, 10]);
  });

  it('carries records of many megabytes', async () => {
    const name = await topic({ 'cleanup.policy': 'compact', 'max.message.bytes': '33554432' });
    const artifact = randomBytes(24 * 1024 * 1024);
    await append(name, 'small', Buffer.from('small'));
    await append(name, 'model', artifact);
    const read = await readAll(name);
    expect(read.map(({ key }) => key)).toEqual(['small', 'model']);
    expect(Buffer.from(read[1]?.value ?? []).equals(artifact)).toBe(true);
    const sizes: number[] = [];
    const subscription = await log.subscribe({
      group: null,
      topics: [name],
      onBatch: async ({ records }) => void sizes.push(...records.map(({ value }) => value?.byteLength ?? 0)),
    });
    await vi.waitFor(() => expect(sizes).toEqual([5, artifact.byteLength]), WAIT);
    await subscription.close();
  });

  it('says which record is too large for its topic and what to change', async () => {
    const name = await topic({ 'max.message.bytes': '100000' });
    await expect(append(name, 'k', randomBytes(200_000))).rejects.toMatchObject({
      code: 'RECORD_INVALID',
      message: expect.stringMatching(new RegExp(`${name}.*max\\.message\\.bytes`)) as string,
    });
    expect(await append(name, 'k', Buffer.from('fits'))).toBe(0);
  });
});
