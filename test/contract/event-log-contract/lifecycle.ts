import { expect, it } from 'vitest';
import type { OpenEventLog } from '../event-log-contract.js';
import { BASE_TIME_MS, Collector, textOf, textRecord, textRecords, type ContractBench } from './bench.js';

/** Closing and opening again. */
export function lifecycleCases(bench: ContractBench, open: OpenEventLog): void {
  it('keeps records, committed offsets and its epoch when it is opened again', async () => {
    const opened = await open();
    try {
      const { log } = opened;
      const topic = await bench.topic(2, {}, log);
      const group = bench.uniqueName('group');
      const epoch = await log.epoch();
      expect(epoch).not.toBe('');
      const [appended] = await log.append(topic, textRecords('k', 4));
      const collector = new Collector();
      const subscription = await collector.subscribe(log, { group, topics: [topic] });
      await bench.waitFor(() => expect(collector.texts()).toHaveLength(4));
      await subscription.commit([{ topic, partition: 0, offset: (appended?.firstOffset ?? 0) + 3 }]);
      await subscription.close();
      await log.close();

      const again = await opened.reopen();
      expect(await again.epoch()).toBe(epoch);
      expect((await bench.readAll(topic, 0, again)).map(textOf)).toEqual(['k0', 'k1', 'k2', 'k3']);
      const [next] = await again.append(topic, [textRecord('k4')]);
      expect(next?.firstOffset).toBe((appended?.lastOffset ?? Number.NaN) + 1);
      const resumed = new Collector();
      const resumedSubscription = await resumed.subscribe(again, { group, topics: [topic] });
      await bench.waitFor(() => expect(resumed.texts()).toEqual(['k3', 'k4']));
      await resumedSubscription.close();
      await again.close();
    } finally {
      await opened.cleanup();
    }
  });

  it('refuses everything once it is closed, and closes its subscriptions', async () => {
    const opened = await open();
    try {
      const { log } = opened;
      const topic = await bench.topic(1, {}, log);
      const collector = new Collector();
      const subscription = await collector.subscribe(log, {
        group: bench.uniqueName('group'),
        topics: [topic],
      });
      await log.append(topic, [textRecord('x')]);
      await bench.waitFor(() => expect(collector.texts()).toEqual(['x']));
      await log.close();
      await log.close();
      await subscription.close();
      const refusal = { code: 'LOG_CLOSED' };
      await expect(log.append(topic, [textRecord('late')])).rejects.toMatchObject(refusal);
      await expect(log.watermarks(topic)).rejects.toMatchObject(refusal);
      await expect(log.offsetsAt(topic, BASE_TIME_MS)).rejects.toMatchObject(refusal);
      await expect(bench.readAll(topic, 0, log)).rejects.toMatchObject(refusal);
      await expect(collector.subscribe(log, { group: null, topics: [topic] })).rejects.toMatchObject(refusal);
      expect(collector.errors).toEqual([]);
    } finally {
      await opened.cleanup();
    }
  });
}
