import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { PartitionOffset, RecordBatch, Subscription } from '../../../src/log/event-log.js';
import { Collector, gate, textOf, textRecord, textRecords, type ContractBench } from './bench.js';

/** One subscription at a time: delivery, start offsets, pausing, failing. */
export function subscriptionCases(bench: ContractBench): void {
  it('delivers what is there and then what is appended, in order', async () => {
    const topic = await bench.topic(1);
    await bench.log.append(topic, textRecords('old', 3));
    const collector = new Collector();
    const subscription = await collector.subscribe(bench.log, {
      group: bench.uniqueName('group'),
      topics: [topic],
    });
    await bench.waitFor(() => expect(collector.texts()).toEqual(['old0', 'old1', 'old2']));
    await bench.log.append(topic, textRecords('new', 2));
    await bench.waitFor(() => expect(collector.texts()).toEqual(['old0', 'old1', 'old2', 'new0', 'new1']));
    for (const batch of collector.batches) {
      expect(batch.highWatermark).toBeGreaterThan(batch.records.at(-1)?.offset ?? Number.NaN);
    }
    await subscription.close();
    expect(collector.errors).toEqual([]);
  });

  it('gives every record to every subscription without a group, from the low watermark', async () => {
    const topic = await bench.topic(2);
    await bench.log.append(topic, [...textRecords('a', 3), ...textRecords('b', 3, { partition: 1 })]);
    const collectors = [new Collector(), new Collector()];
    const subscriptions: Subscription[] = [];
    for (const collector of collectors) {
      subscriptions.push(await collector.subscribe(bench.log, { group: null, topics: [topic] }));
    }
    for (const collector of collectors) {
      await bench.waitFor(() =>
        expect(collector.texts().sort()).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2']),
      );
      expect(collector.assignedNow()).toEqual([`${topic}/0`, `${topic}/1`]);
      for (const assigned of collector.assignments.flat()) expect(assigned.committed).toBeNull();
    }
    await expect(subscriptions[0]?.commit([{ topic, partition: 0, offset: 1 }])).rejects.toThrow(/group/);
    for (const subscription of subscriptions) await subscription.close();
  });

  it('starts where onAssigned says, and elsewhere at the default', async () => {
    const topic = await bench.topic(2);
    await bench.log.append(topic, [...textRecords('a', 4), ...textRecords('b', 2, { partition: 1 })]);
    const collector = new Collector();
    const subscription = await collector.subscribe(bench.log, {
      group: bench.uniqueName('group'),
      topics: [topic],
      onAssigned: async (assigned): Promise<PartitionOffset[]> =>
        assigned
          .filter(({ partition }) => partition === 0)
          .map(({ high }) => ({ topic, partition: 0, offset: high - 1 })),
    });
    await bench.waitFor(() => expect(collector.texts().sort()).toEqual(['a3', 'b0', 'b1']));
    await subscription.close();
  });

  it('tells the watermarks of what it assigns before it delivers', async () => {
    const topic = await bench.topic(1);
    await bench.log.append(topic, textRecords('w', 3));
    const order: string[] = [];
    const collector = new Collector();
    const subscription = await collector.subscribe(bench.log, {
      group: bench.uniqueName('group'),
      topics: [topic],
      onAssigned: async ([assigned]) => {
        expect((assigned?.high ?? 0) - (assigned?.low ?? 0)).toBe(3);
        await nextTurn();
        order.push('assigned');
        return [];
      },
      onBatch: async (batch) => {
        order.push('batch');
        await collector.onBatch(batch);
      },
    });
    await bench.waitFor(() => expect(collector.texts()).toHaveLength(3));
    expect(order[0]).toBe('assigned');
    await subscription.close();
    expect(collector.errors).toEqual([]);
  });

  it('calls onBatch one at a time over all partitions, within the batch limit', async () => {
    const topic = await bench.topic(4);
    const records = [0, 1, 2, 3].flatMap((partition) => textRecords(`${partition}:`, 30, { partition }));
    await bench.log.append(topic, records);
    const collector = new Collector();
    let running = 0;
    let mostAtOnce = 0;
    const subscription = await collector.subscribe(bench.log, {
      group: bench.uniqueName('group'),
      topics: [topic],
      maxBatchRecords: 7,
      onBatch: async (batch: RecordBatch) => {
        mostAtOnce = Math.max(mostAtOnce, ++running);
        await nextTurn();
        await nextTurn();
        await collector.onBatch(batch);
        running--;
      },
    });
    await bench.waitFor(() => expect(collector.deliveries).toHaveLength(120));
    expect(mostAtOnce).toBe(1);
    expect(Math.max(...collector.batches.map((batch) => batch.records.length))).toBeLessThanOrEqual(7);
    for (const partition of [0, 1, 2, 3]) {
      expect(collector.texts(partition)).toEqual(
        records.filter((record) => record.partition === partition).map(({ key }) => key),
      );
    }
    await subscription.close();
  });

  it('pauses single partitions and resumes them without loss', async () => {
    const topic = await bench.topic(2);
    await bench.log.append(topic, [textRecord('a0'), textRecord('b0', { partition: 1 })]);
    const collector = new Collector();
    const subscription = await collector.subscribe(bench.log, {
      group: bench.uniqueName('group'),
      topics: [topic],
    });
    await bench.waitFor(() => expect(collector.texts().sort()).toEqual(['a0', 'b0']));
    subscription.pause([{ topic, partition: 0 }]);
    await bench.log.append(topic, [textRecord('a1'), textRecord('b1', { partition: 1 })]);
    await bench.waitFor(() => expect(collector.texts(1)).toEqual(['b0', 'b1']));
    await bench.log.append(topic, [textRecord('a2'), textRecord('b2', { partition: 1 })]);
    await bench.waitFor(() => expect(collector.texts(1)).toEqual(['b0', 'b1', 'b2']));
    expect(collector.texts(0)).toEqual(['a0']);
    subscription.resume([{ topic, partition: 0 }]);
    await bench.waitFor(() => expect(collector.texts(0)).toEqual(['a0', 'a1', 'a2']));
    await subscription.close();
  });

  it('stops on a throw of onBatch, reports it, and delivers the batch again to the next subscription', async () => {
    const topic = await bench.topic(1);
    const group = bench.uniqueName('group');
    await bench.log.append(topic, textRecords('f', 3));
    const failing = new Collector();
    const failure = new Error('sink is broken');
    let calls = 0;
    const subscription = await failing.subscribe(bench.log, {
      group,
      topics: [topic],
      onBatch: async () => {
        calls++;
        throw failure;
      },
    });
    await bench.waitFor(() => expect(failing.errors).toHaveLength(1));
    expect(failing.errors[0]).toBe(failure);
    await bench.log.append(topic, textRecords('g', 1));
    await subscription.close();
    expect(calls).toBe(1);
    expect(failing.errors).toHaveLength(1);

    const next = new Collector();
    const second = await next.subscribe(bench.log, { group, topics: [topic] });
    await bench.waitFor(() => expect(next.texts()).toEqual(['f0', 'f1', 'f2', 'g0']));
    await second.close();
  });

  it('waits for the running batch when it is closed, and delivers nothing after', async () => {
    const topic = await bench.topic(1);
    await bench.log.append(topic, textRecords('c', 2));
    const hold = gate();
    let started = 0;
    let finished = 0;
    const subscription = await bench.log.subscribe({
      group: bench.uniqueName('group'),
      topics: [topic],
      maxBatchRecords: 1,
      onBatch: async () => {
        started++;
        await hold.opened;
        finished++;
      },
    });
    await bench.waitFor(() => expect(started).toBe(1));
    let closed = false;
    const closing = subscription.close().then(() => {
      closed = true;
    });
    await nextTurn();
    expect(closed).toBe(false);
    hold.open();
    await closing;
    expect([started, finished]).toEqual([1, 1]);
    await bench.log.append(topic, textRecords('late', 1));
    await bench.readAll(topic, 0);
    expect(started).toBe(1);
    await subscription.close();
  });

  it('can append to another topic and commit inside onBatch', async () => {
    const input = await bench.topic(1);
    const output = await bench.topic(1);
    const group = bench.uniqueName('group');
    await bench.log.append(input, textRecords('i', 20));
    const copied: number[] = [];
    const subscription: Subscription = await bench.log.subscribe({
      group,
      topics: [input],
      maxBatchRecords: 5,
      onBatch: async ({ topic, partition, records }) => {
        await bench.log.append(
          output,
          records.map((record) => ({
            key: record.key,
            value: record.value,
            timestampMs: record.timestampMs,
          })),
        );
        await subscription.commit([{ topic, partition, offset: (records.at(-1)?.offset ?? 0) + 1 }]);
        copied.push(records.length);
      },
    });
    await bench.waitFor(() => expect(copied.reduce((sum, count) => sum + count, 0)).toBe(20));
    await subscription.close();
    expect((await bench.readAll(output, 0)).map(textOf)).toEqual(textRecords('i', 20).map(({ key }) => key));
  });
}
