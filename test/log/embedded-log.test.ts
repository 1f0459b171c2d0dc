import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventLog, LogRecord, TopicSpec } from '../../src/log/event-log.js';
import { openEmbeddedLog, type EmbeddedLogOptions } from '../../src/log/embedded-log.js';

function topicOf(name: string, config: Record<string, string> = {}, partitions = 1): TopicSpec {
  return { name, key: 'any', valueSchema: 'demand-observed', partitions, replicationFactor: 1, config };
}

const record = (timestampMs: number, key = 'k', value: Uint8Array | null = Buffer.from('v')) => ({
  key,
  value,
  timestampMs,
});

describe('embedded log', () => {
  let dir: string;
  let log: EventLog | null = null;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nowcast-log-'));
  });
  afterEach(async () => {
    await log?.close();
    log = null;
    await rm(dir, { recursive: true, force: true });
  });

  async function open(options: Partial<EmbeddedLogOptions> = {}): Promise<EventLog> {
    log = await openEmbeddedLog({ dir, ...options });
    return log;
  }

  async function readAll(from: EventLog, topic: string): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    for await (const batch of from.read(topic, 0, 0)) records.push(...batch.records);
    return records;
  }

  it('stamps LogAppendTime records with the clock it was given, and expires them by it', async () => {
    let nowMs = 1000;
    const opened = await open({ now: () => nowMs });
    await opened.ensureTopics([
      topicOf('t', { 'message.timestamp.type': 'LogAppendTime', 'retention.ms': '500' }),
    ]);
    await opened.append('t', [record(9)]);
    nowMs = 1400;
    await opened.append('t', [record(9), record(9)]);
    expect((await readAll(opened, 't')).map(({ timestampMs }) => timestampMs)).toEqual([1000, 1400, 1400]);
    expect(await opened.maintain(1600)).toEqual({ deletedRecords: 1 });
    expect(await opened.watermarks('t')).toEqual([{ topic: 't', partition: 0, low: 1, high: 3 }]);
  });

  it('keeps offsets rising after everything has expired, also when opened again', async () => {
    const opened = await open();
    await opened.ensureTopics([topicOf('t', { 'retention.ms': '10' })]);
    await opened.append(
      't',
      Array.from({ length: 2000 }, (_, at) => record(at)),
    );
    expect(await opened.maintain(1_000_000)).toEqual({ deletedRecords: 2000 });
    await opened.close();
    const again = await open();
    expect(await again.watermarks('t')).toEqual([{ topic: 't', partition: 0, low: 2000, high: 2000 }]);
    expect(await again.append('t', [record(5)])).toMatchObject([{ firstOffset: 2000, lastOffset: 2000 }]);
    expect(await again.offsetsAt('t', 3)).toMatchObject([{ offset: 2000 }]);
  });

  it('deletes in the middle of a chunk and serves the rest', async () => {
    const opened = await open();
    await opened.ensureTopics([topicOf('t', { 'retention.ms': '0' })]);
    await opened.append(
      't',
      Array.from({ length: 1500 }, (_, at) => record(at)),
    );
    expect(await opened.maintain(700)).toEqual({ deletedRecords: 700 });
    const records = await readAll(opened, 't');
    expect([records.length, records[0]?.offset]).toEqual([800, 700]);
    expect(await opened.maintain(700)).toEqual({ deletedRecords: 0 });
  });

  it('compacts across many chunks and stays readable, appendable and compact', async () => {
    const opened = await open();
    await opened.ensureTopics([topicOf('t', { 'cleanup.policy': 'compact' })]);
    for (let call = 0; call < 5; call++) {
      await opened.append(
        't',
        Array.from({ length: 1000 }, (_, at) => record(call * 1000 + at, `key ${at % 300}`)),
      );
    }
    expect(await opened.maintain(5000)).toEqual({ deletedRecords: 4700 });
    const records = await readAll(opened, 't');
    expect(new Set(records.map(({ key }) => key)).size).toBe(300);
    expect(records.every(({ offset }) => offset >= 4600)).toBe(true);
    expect(await opened.maintain(5000)).toEqual({ deletedRecords: 0 });
    await opened.append('t', [record(6000, 'key 7')]);
    expect(await opened.maintain(6000)).toEqual({ deletedRecords: 1 });
    expect((await readAll(opened, 't')).at(-1)?.offset).toBe(5000);
  });

  it('refuses to write to a disk that is nearly full, loses nothing, and goes on when there is room', async () => {
    let freeBytes = 1e12;
    const opened = await open({ freeBytes: () => freeBytes });
    await opened.ensureTopics([topicOf('t')]);
    await opened.append('t', [record(1)]);
    freeBytes = 1e6;
    await expect(opened.append('t', [record(2)])).rejects.toMatchObject({
      code: 'STORAGE_FULL',
      message: expect.stringContaining(join(dir)) as string,
    });
    freeBytes = 1e12;
    expect(await opened.append('t', [record(3)])).toMatchObject([{ firstOffset: 1 }]);
    expect((await readAll(opened, 't')).map(({ timestampMs }) => timestampMs)).toEqual([1, 3]);
  });

  it('says where it cannot be opened and what to check', async () => {
    const file = join(dir, 'file');
    await writeFile(file, '');
    await expect(openEmbeddedLog({ dir: file })).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringContaining(file) as string,
    });
  });

  it('refuses records that have no place or no time', async () => {
    const opened = await open();
    await opened.ensureTopics([topicOf('t', {}, 2)]);
    const refusal = { code: 'INPUT_INVALID' };
    await expect(opened.append('t', [{ ...record(1), partition: 2 }])).rejects.toMatchObject(refusal);
    await expect(opened.append('t', [{ ...record(1), partition: -1 }])).rejects.toMatchObject(refusal);
    await expect(opened.append('t', [record(1), record(Number.NaN)])).rejects.toMatchObject(refusal);
    expect(await readAll(opened, 't')).toEqual([]);
    await expect(opened.ensureTopics([topicOf('no spaces')])).rejects.toMatchObject(refusal);
  });

  it('gives topics created at once partitions of their own', async () => {
    const opened = await open();
    await Promise.all(['a', 'b', 'c', 'a'].map((name) => opened.ensureTopics([topicOf(name, {}, 3)])));
    for (const name of ['a', 'b', 'c']) await opened.append(name, [{ ...record(1, name), partition: 0 }]);
    for (const name of ['a', 'b', 'c'])
      expect((await readAll(opened, name)).map(({ key }) => key)).toEqual([name]);
  });

  it('does not let a subscription that never waits starve timers', async () => {
    const opened = await open();
    await opened.ensureTopics([topicOf('t')]);
    for (let call = 0; call < 10; call++) {
      await opened.append(
        't',
        Array.from({ length: 2000 }, (_, at) => record(at)),
      );
    }
    let batches = 0;
    let batchesAtTimer = -1;
    const subscription = await opened.subscribe({
      group: null,
      topics: ['t'],
      maxBatchRecords: 1,
      onBatch: async () => {
        if (batches++ === 0) setTimeout(() => (batchesAtTimer = batches), 1);
      },
    });
    await vi.waitFor(() => expect(batches).toBe(20_000), { timeout: 30_000 });
    expect(batchesAtTimer).toBeGreaterThan(0);
    expect(batchesAtTimer).toBeLessThan(20_000);
    await subscription.close();
  });

  it('finds offsets by time as a plain scan does, through compaction and retention', async () => {
    const opened = await open();
    let topics = 0;
    const times = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 1300 });
    await fc.assert(
      fc.asyncProperty(
        times,
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (timestamps, keys, maintained) => {
          const name = `t${topics++}`;
          await opened.ensureTopics([
            topicOf(name, {
              'cleanup.policy': maintained ? 'compact,delete' : 'delete',
              'retention.ms': '50',
            }),
          ]);
          await opened.append(
            name,
            timestamps.map((timestampMs, at) => record(timestampMs, `key ${at % keys}`)),
          );
          if (maintained) await opened.maintain(60);
          const records = await readAll(opened, name);
          const high = (await opened.watermarks(name))[0]?.high;
          for (const time of [0, 7, 20, 33, 59, 60, 61]) {
            const expected = records.find(({ timestampMs }) => timestampMs >= time)?.offset ?? high;
            expect(await opened.offsetsAt(name, time)).toEqual([
              { topic: name, partition: 0, offset: expected },
            ]);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
