import { expect, it } from 'vitest';
import type { AppendRecord } from '../../../src/log/event-log.js';
import { partitionOfKey } from '../../../src/log/partitioner.js';
import { BASE_TIME_MS, textOf, textRecord, textRecords, type ContractBench } from './bench.js';

/** Append, read, watermarks, offsets by time. */
export function storageCases(bench: ContractBench): void {
  it('keeps the order of each key over several appends', async () => {
    const topic = await bench.topic(3);
    const keys = ['zone-a', 'zone-b', 'zone-c', 'zone-d', 'zone-e'];
    for (let call = 0; call < 4; call++) {
      const records = Array.from({ length: 50 }, (_, at): AppendRecord => {
        const key = keys[at % keys.length] ?? '';
        return { key, value: Buffer.from(`${call * 50 + at}`), timestampMs: BASE_TIME_MS };
      });
      await bench.log.append(topic, records);
    }
    const byKey = new Map<string, number[]>();
    for (const partition of [0, 1, 2]) {
      const records = await bench.readAll(topic, partition);
      records.reduce((previous, record) => {
        expect(record.offset).toBeGreaterThan(previous);
        return record.offset;
      }, -1);
      for (const record of records) {
        byKey.set(record.key, [...(byKey.get(record.key) ?? []), Number(textOf(record))]);
      }
    }
    expect([...byKey.keys()].sort()).toEqual(keys);
    for (const values of byKey.values()) {
      expect(values).toHaveLength(40);
      expect(values).toEqual([...values].sort((a, b) => a - b));
    }
  });

  it('partitions by murmur2 of the key unless a partition is given', async () => {
    const topic = await bench.topic(6);
    const keys = ['CA ISO-TAC', 'PGE-TAC', 'SCE-TAC', 'SDGE-TAC', 'VEA-TAC', 'Zürich', '東京', ''];
    await bench.log.append(
      topic,
      keys.map((key) => ({ key, value: Buffer.from(key), timestampMs: BASE_TIME_MS })),
    );
    await bench.log.append(topic, [textRecord('explicit', { partition: 5 })]);
    for (let partition = 0; partition < 6; partition++) {
      const found = (await bench.readAll(topic, partition)).map((record) => record.key).sort();
      const expected = keys.filter((key) => partitionOfKey(key, 6) === partition);
      expect(found).toEqual((partition === 5 ? [...expected, 'explicit'] : expected).sort());
    }
  });

  it('gives back keys, values, timestamps and headers as they were', async () => {
    const topic = await bench.topic(1);
    const allBytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    const records: AppendRecord[] = [
      { key: 'plain', value: allBytes, timestampMs: BASE_TIME_MS + 7 },
      { key: 'tombstone', value: null, timestampMs: BASE_TIME_MS + 5 },
      { key: 'empty', value: new Uint8Array(0), timestampMs: BASE_TIME_MS + 6 },
      {
        key: 'ключ €',
        value: Buffer.from('v'),
        timestampMs: BASE_TIME_MS + 8,
        headers: { schema: 'demand-observed', source: 'Überwachung', empty: '' },
      },
      { key: 'large', value: Buffer.alloc(300_000, 0xab), timestampMs: BASE_TIME_MS + 9 },
    ];
    await bench.log.append(topic, records);
    const found = await bench.readAll(topic, 0);
    expect(
      found.map(({ key, value, timestampMs, headers }) => ({
        key,
        value: value === null ? null : Buffer.from(value).toString('base64'),
        timestampMs,
        headers: { ...headers },
      })),
    ).toEqual(
      records.map(({ key, value, timestampMs, headers }) => ({
        key,
        value: value === null ? null : Buffer.from(value).toString('base64'),
        timestampMs,
        headers: headers ?? {},
      })),
    );
  });

  it('stamps records with the append time where the topic says LogAppendTime', async () => {
    const topic = await bench.topic(1, { 'message.timestamp.type': 'LogAppendTime' });
    await bench.log.append(topic, [textRecord('stamped')]);
    const [record] = await bench.readAll(topic, 0);
    expect(record?.timestampMs).toBeGreaterThan(BASE_TIME_MS);
  });

  it('reports the offsets of an append per partition', async () => {
    const topic = await bench.topic(2);
    const first = await bench.log.append(topic, [
      ...textRecords('a', 3, { partition: 0 }),
      ...textRecords('b', 2, { partition: 1 }),
    ]);
    const second = await bench.log.append(topic, textRecords('c', 4, { partition: 1 }));
    const byPartition = [...first].sort((x, y) => x.partition - y.partition);
    expect(
      byPartition.map(({ partition, firstOffset, lastOffset }) => [partition, lastOffset - firstOffset]),
    ).toEqual([
      [0, 2],
      [1, 1],
    ]);
    expect(second).toHaveLength(1);
    expect(second[0]?.firstOffset).toBe((byPartition[1]?.lastOffset ?? Number.NaN) + 1);
    const texts = (await bench.readAll(topic, 1))
      .filter(({ offset }) => offset >= (second[0]?.firstOffset ?? 0))
      .map(textOf);
    expect(texts).toEqual(['c0', 'c1', 'c2', 'c3']);
    expect(await bench.log.append(topic, [])).toEqual([]);
  });

  it('loses and doubles nothing when appends run at once', async () => {
    const topic = await bench.topic(2);
    const calls = Array.from({ length: 20 }, (_, call) =>
      bench.log.append(topic, textRecords(`${call}:`, 10, { partition: call % 2 })),
    );
    await Promise.all(calls);
    const texts = [...(await bench.readAll(topic, 0)), ...(await bench.readAll(topic, 1))].map(textOf);
    expect(texts).toHaveLength(200);
    expect(new Set(texts).size).toBe(200);
  });

  it('tells the watermarks of each partition', async () => {
    const topic = await bench.topic(3);
    const before = await bench.log.watermarks(topic);
    expect(before.map(({ partition }) => partition).sort()).toEqual([0, 1, 2]);
    for (const { low, high } of before) expect(high).toBe(low);
    await bench.log.append(topic, textRecords('x', 5, { partition: 1 }));
    const after = await bench.log.watermarks(topic);
    for (const mark of after) expect(mark.high - mark.low).toBe(mark.partition === 1 ? 5 : 0);
  });

  it('reads a bounded range, and ends at the high watermark of the call', async () => {
    const topic = await bench.topic(1);
    const [appended] = await bench.log.append(topic, textRecords('r', 10));
    const base = appended?.firstOffset ?? Number.NaN;
    const range = async (from: number, to?: number) => {
      const texts: (string | null)[] = [];
      for await (const batch of bench.log.read(topic, 0, from, to)) {
        expect(batch.records.length).toBeGreaterThan(0);
        expect(batch.highWatermark).toBeGreaterThanOrEqual(base + 10);
        texts.push(...batch.records.map(textOf));
      }
      return texts;
    };
    expect(await range(base + 3, base + 6)).toEqual(['r3', 'r4', 'r5']);
    expect(await range(base + 8)).toEqual(['r8', 'r9']);
    expect(await range(base + 8, base + 1000)).toEqual(['r8', 'r9']);
    expect(await range(base + 10)).toEqual([]);
    expect(await range(base + 5, base + 5)).toEqual([]);
    expect(await range(0)).toHaveLength(10);
  });

  it('finds the first offset at or after a time, also with timestamps out of order', async () => {
    const topic = await bench.topic(2);
    const minutes = [10, 5, 20, 15, 20, 30];
    const [appended] = await bench.log.append(
      topic,
      minutes.map((minute, at) => textRecord(`t${at}`, { timestampMs: BASE_TIME_MS + minute * 60_000 })),
    );
    const base = appended?.firstOffset ?? Number.NaN;
    const offsetAt = async (minute: number) => {
      const offsets = await bench.log.offsetsAt(topic, BASE_TIME_MS + minute * 60_000);
      expect(offsets.map(({ partition }) => partition).sort()).toEqual([0, 1]);
      return (offsets.find(({ partition }) => partition === 0)?.offset ?? Number.NaN) - base;
    };
    expect(await offsetAt(0)).toBe(0);
    expect(await offsetAt(10)).toBe(0);
    expect(await offsetAt(11)).toBe(2);
    expect(await offsetAt(15)).toBe(2);
    expect(await offsetAt(20)).toBe(2);
    expect(await offsetAt(21)).toBe(5);
    expect(await offsetAt(31)).toBe(6);
    const beginning = await bench.log.offsetsAt(topic, -8 * 86_400_000);
    expect(beginning.find(({ partition }) => partition === 0)?.offset).toBe(base);
  });

  it('gives the high watermark of a partition without records at or after the time', async () => {
    const topic = await bench.topic(2);
    await bench.log.append(topic, textRecords('n', 3));
    const marks = await bench.log.watermarks(topic);
    for (const { partition, offset } of await bench.log.offsetsAt(topic, BASE_TIME_MS + 3_600_000)) {
      expect(offset).toBe(marks.find((mark) => mark.partition === partition)?.high);
    }
  });

  it('creates missing topics and leaves the others as they are', async () => {
    const topic = await bench.topic(2);
    await bench.log.append(topic, textRecords('kept', 3));
    const other = bench.uniqueName('topic');
    await bench.log.ensureTopics([bench.spec(topic, 2), bench.spec(other, 1)]);
    expect(await bench.readAll(topic, 0)).toHaveLength(3);
    expect(await bench.log.watermarks(other)).toHaveLength(1);
  });

  it('refuses topics that were never created', async () => {
    const missing = bench.uniqueName('missing');
    const refusal = { code: 'TOPIC_UNKNOWN' };
    await expect(bench.log.append(missing, [textRecord('x')])).rejects.toMatchObject(refusal);
    await expect(bench.log.watermarks(missing)).rejects.toMatchObject(refusal);
    await expect(bench.log.offsetsAt(missing, BASE_TIME_MS)).rejects.toMatchObject(refusal);
    await expect(bench.readAll(missing, 0)).rejects.toMatchObject(refusal);
    await expect(
      bench.log.subscribe({ group: null, topics: [missing], onBatch: async () => undefined }),
    ).rejects.toMatchObject({ ...refusal, message: expect.stringContaining(missing) as string });
  });
}
