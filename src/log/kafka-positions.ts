import type { Admin } from 'kafkajs';
import type { AssignedPartition, PartitionOffset, TopicPartition, Watermark } from './event-log.js';
import type { TopicNames } from './kafka-topic-names.js';

type Committed = AssignedPartition['committed'];

/** What a member must know of the partitions it was given: watermarks, and what the group committed there. */
export async function fetchAssignment(
  admin: Admin,
  names: TopicNames,
  group: string | null,
  given: readonly { topic: string; partitions: readonly number[] }[],
): Promise<AssignedPartition[]> {
  const topics = given.filter(({ partitions }) => partitions.length > 0);
  if (topics.length === 0) return [];
  const committed =
    group === null ? new Map<string, Committed>() : await fetchCommitted(admin, group, topics);
  const perTopic = await Promise.all(
    topics.map(async ({ topic, partitions }) => {
      const marks = await fetchWatermarks(admin, topic, names.short(topic));
      return marks.filter(({ partition }) => partitions.includes(partition));
    }),
  );
  return perTopic.flat().map((mark) => ({
    ...mark,
    committed: committed.get(`${names.full(mark.topic)}/${mark.partition}`) ?? null,
  }));
}

/** Where each assigned partition starts: as asked, else as committed, else at the low watermark; always within what is kept. */
export function startPositions(
  assigned: readonly AssignedPartition[],
  asked: readonly PartitionOffset[],
): (TopicPartition & { offset: number })[] {
  return assigned.map(({ topic, partition, low, high, committed }) => {
    const wish = asked.find((entry) => entry.topic === topic && entry.partition === partition);
    const offset = wish?.offset ?? committed?.offset ?? low;
    return { topic, partition, offset: Math.min(Math.max(offset, low), high) };
  });
}

/** Watermarks of every partition of a topic (the cluster's name), under the product's name for it. */
export async function fetchWatermarks(admin: Admin, topic: string, name: string): Promise<Watermark[]> {
  const marks = await admin.fetchTopicOffsets(topic);
  return marks
    .map(({ partition, low, high }) => ({ topic: name, partition, low: Number(low), high: Number(high) }))
    .sort((a, b) => a.partition - b.partition);
}

async function fetchCommitted(
  admin: Admin,
  groupId: string,
  given: readonly { topic: string }[],
): Promise<Map<string, Committed>> {
  const offsets = await admin.fetchOffsets({ groupId, topics: given.map(({ topic }) => topic) });
  const committed = new Map<string, Committed>();
  for (const { topic, partitions } of offsets) {
    for (const { partition, offset, metadata } of partitions) {
      // Negative: nothing was committed (or kafkajs noted "start at the beginning" after a lost position).
      if (Number(offset) < 0) continue;
      committed.set(`${topic}/${partition}`, { offset: Number(offset), metadata: metadata ?? '' });
    }
  }
  return committed;
}
