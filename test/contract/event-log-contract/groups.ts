import { expect, it } from 'vitest';
import type { Subscription, TopicPartition } from '../../../src/log/event-log.js';
import { Collector, textRecords, type ContractBench } from './bench.js';

/** Consumer groups: committed offsets, and partitions shared among members. */
export function groupCases(bench: ContractBench): void {
  it('resumes at the committed offset and gives back its metadata', async () => {
    const topic = await bench.topic(1);
    const group = bench.uniqueName('group');
    const [appended] = await bench.log.append(topic, textRecords('m', 6));
    const offset = (appended?.firstOffset ?? Number.NaN) + 4;
    const first = new Collector();
    const subscription = await first.subscribe(bench.log, { group, topics: [topic] });
    await bench.waitFor(() => expect(first.texts()).toHaveLength(6));
    expect(first.assignments[0]?.[0]?.committed).toBeNull();
    await subscription.commit([
      { topic, partition: 0, offset, metadata: '{"version":3,"zone":"CA ISO-TAC"}' },
    ]);
    await subscription.close();

    const second = new Collector();
    const again = await second.subscribe(bench.log, { group, topics: [topic] });
    await bench.waitFor(() => expect(second.texts()).toEqual(['m4', 'm5']));
    expect(second.assignments[0]?.[0]?.committed).toEqual({
      offset,
      metadata: '{"version":3,"zone":"CA ISO-TAC"}',
    });
    await again.commit([{ topic, partition: 0, offset: offset + 1 }]);
    await again.close();

    const third = new Collector();
    const last = await third.subscribe(bench.log, { group, topics: [topic] });
    await bench.waitFor(() => expect(third.texts()).toEqual(['m5']));
    expect(third.assignments[0]?.[0]?.committed).toEqual({ offset: offset + 1, metadata: '' });
    await last.close();
  });

  it('delivers again what was not committed, and keeps groups apart', async () => {
    const topic = await bench.topic(1);
    await bench.log.append(topic, textRecords('u', 3));
    const group = bench.uniqueName('group');
    for (const name of [group, group, bench.uniqueName('group')]) {
      const collector = new Collector();
      const subscription = await collector.subscribe(bench.log, { group: name, topics: [topic] });
      await bench.waitFor(() => expect(collector.texts()).toEqual(['u0', 'u1', 'u2']));
      await subscription.close();
    }
  });

  it('shares the partitions of two topics among two members, equal numbers together', async () => {
    const topics = [await bench.topic(4), await bench.topic(4)];
    const group = bench.uniqueName('group');
    const members = [new Collector(), new Collector()];
    const subscriptions: Subscription[] = [];
    for (const member of members) subscriptions.push(await member.subscribe(bench.log, { group, topics }));
    const every = topics.flatMap((topic) => [0, 1, 2, 3].map((partition) => `${topic}/${partition}`)).sort();
    await bench.waitFor(() => {
      expect(members.flatMap((member) => member.assignedNow()).sort()).toEqual(every);
      for (const member of members) expect(member.assignedNow().length).toBeGreaterThan(0);
    });
    for (const member of members) {
      const [first, second] = topics.map((topic) => partitionsOf(member, topic));
      expect(first).toEqual(second);
    }

    for (const topic of topics) {
      await bench.log.append(
        topic,
        [0, 1, 2, 3].flatMap((partition) => textRecords(`${partition}:`, 5, { partition })),
      );
    }
    await bench.waitFor(() => expect(members.flatMap((member) => member.deliveries)).toHaveLength(40));
    for (const member of members) {
      const delivered = new Set(member.deliveries.map(({ topic, partition }) => `${topic}/${partition}`));
      expect([...delivered].sort()).toEqual(member.assignedNow());
    }
    for (const subscription of subscriptions) await subscription.close();
    for (const member of members) expect(member.errors).toEqual([]);
  });

  it('hands the partitions of a member that leaves to the one that stays', async () => {
    const topic = await bench.topic(2);
    const group = bench.uniqueName('group');
    const [leaver, stayer] = [new Collector(), new Collector()];
    const leaving = await leaver.subscribe(bench.log, { group, topics: [topic] });
    const staying = await stayer.subscribe(bench.log, { group, topics: [topic] });
    await bench.waitFor(() => {
      expect([...leaver.assignedNow(), ...stayer.assignedNow()].sort()).toEqual([`${topic}/0`, `${topic}/1`]);
      expect(stayer.assignedNow()).toHaveLength(1);
    });
    await leaving.close();
    await bench.waitFor(() => expect(stayer.assignedNow()).toEqual([`${topic}/0`, `${topic}/1`]));
    await bench.log.append(topic, [...textRecords('a', 2), ...textRecords('b', 2, { partition: 1 })]);
    await bench.waitFor(() => expect(stayer.texts().sort()).toEqual(['a0', 'a1', 'b0', 'b1']));
    await staying.close();
  });

  it('lets a member commit while its partitions are taken away, so that the next one starts there', async () => {
    const topic = await bench.topic(2);
    const group = bench.uniqueName('group');
    const appended = await bench.log.append(topic, [
      ...textRecords('a', 3),
      ...textRecords('b', 3, { partition: 1 }),
    ]);
    const ends = appended.map(({ partition, lastOffset }) => ({ topic, partition, offset: lastOffset + 1 }));
    const first = new Collector();
    const revoked: TopicPartition[] = [];
    const subscription: Subscription = await first.subscribe(bench.log, {
      group,
      topics: [topic],
      onRevoked: async (partitions) => {
        revoked.push(...partitions);
        const mine = ends.filter((end) => partitions.some(({ partition }) => partition === end.partition));
        await subscription.commit(mine);
      },
    });
    await bench.waitFor(() => expect(first.texts()).toHaveLength(6));
    const second = new Collector();
    const joining = await second.subscribe(bench.log, { group, topics: [topic] });
    await bench.waitFor(() => {
      expect(second.assignedNow()).toHaveLength(1);
      expect(first.assignedNow()).toHaveLength(1);
    });
    expect(revoked.length).toBeGreaterThan(0);
    await bench.log.append(topic, [...textRecords('x', 1), ...textRecords('y', 1, { partition: 1 })]);
    await bench.waitFor(() =>
      expect([...first.texts(), ...second.texts()]).toEqual(expect.arrayContaining(['x0', 'y0'])),
    );
    expect(second.texts()).toHaveLength(1);
    expect(first.texts()).toHaveLength(7);
    await joining.close();
    await subscription.close();
  });

  it('leaves a member without partitions idle when there are more members than partitions', async () => {
    const topic = await bench.topic(1);
    const group = bench.uniqueName('group');
    const members = [new Collector(), new Collector()];
    const subscriptions: Subscription[] = [];
    for (const member of members)
      subscriptions.push(await member.subscribe(bench.log, { group, topics: [topic] }));
    await bench.log.append(topic, textRecords('z', 3));
    await bench.waitFor(() => {
      const received = members.map((member) => new Set(member.texts()).size).sort();
      expect(received[1]).toBe(3);
    });
    for (const subscription of subscriptions) await subscription.close();
    for (const member of members) expect(member.errors).toEqual([]);
  });
}

function partitionsOf(member: Collector, topic: string): number[] {
  return (member.assignments.at(-1) ?? [])
    .filter((assigned) => assigned.topic === topic)
    .map(({ partition }) => partition)
    .sort();
}
