import { expect, it } from 'vitest';
import { BASE_TIME_MS, textOf, textRecord, textRecords, type ContractBench } from './bench.js';

/** Retention by time and compaction by key, for drivers whose maintain() does them. */
export function maintenanceCases(bench: ContractBench): void {
  it('deletes from the front what is older than retention.ms, and moves the low watermark', async () => {
    const topic = await bench.topic(1, { 'retention.ms': '60000' });
    const [appended] = await bench.log.append(topic, [
      textRecord('old0', { timestampMs: BASE_TIME_MS }),
      textRecord('old1', { timestampMs: BASE_TIME_MS + 10_000 }),
      textRecord('kept', { timestampMs: BASE_TIME_MS + 90_000 }),
      textRecord('late', { timestampMs: BASE_TIME_MS }),
    ]);
    const { deletedRecords } = await bench.log.maintain(BASE_TIME_MS + 100_000);
    expect(deletedRecords).toBeGreaterThanOrEqual(2);
    expect((await bench.readAll(topic, 0)).map(textOf)).toEqual(['kept', 'late']);
    expect(await bench.lows(topic)).toEqual([(appended?.firstOffset ?? Number.NaN) + 2]);
    const [next] = await bench.log.append(topic, [textRecord('next')]);
    expect(next?.firstOffset).toBe((appended?.firstOffset ?? Number.NaN) + 4);
  });

  it('keeps everything where retention.ms is -1', async () => {
    const topic = await bench.topic(1);
    await bench.log.append(topic, textRecords('forever', 5));
    await bench.log.maintain(BASE_TIME_MS * 2);
    expect(await bench.readAll(topic, 0)).toHaveLength(5);
  });

  it('compacts to the last record of each key, with offsets as they were', async () => {
    const topic = await bench.topic(1, { 'cleanup.policy': 'compact', 'delete.retention.ms': '60000' });
    const [appended] = await bench.log.append(topic, [
      textRecord('a1', { key: 'a' }),
      textRecord('b1', { key: 'b' }),
      textRecord('a2', { key: 'a' }),
      { key: 'b', value: null, timestampMs: BASE_TIME_MS, partition: 0 },
      textRecord('c1', { key: 'c' }),
    ]);
    const base = appended?.firstOffset ?? Number.NaN;
    const kept = async () =>
      (await bench.readAll(topic, 0)).map((record) => [record.offset - base, record.key, textOf(record)]);
    await bench.log.maintain(BASE_TIME_MS + 1000);
    expect(await kept()).toEqual([
      [2, 'a', 'a2'],
      [3, 'b', null],
      [4, 'c', 'c1'],
    ]);
    await bench.log.maintain(BASE_TIME_MS + 61_000);
    expect(await kept()).toEqual([
      [2, 'a', 'a2'],
      [4, 'c', 'c1'],
    ]);
    const offsets = await bench.log.offsetsAt(topic, BASE_TIME_MS);
    expect(offsets[0]?.offset).toBe(base + 2);
  });
}
