import type { PartitionOffset, TopicPartition } from '../event-log.js';
import type { LogEnvironment } from './environment.js';
import type { LogWriter } from './log-writer.js';

export interface CommittedOffset {
  readonly offset: number;
  readonly metadata: string;
}

/** The group's committed offset of a partition, or null. */
export function committedOffset(
  { groups }: LogEnvironment,
  group: string,
  { topic, partition }: TopicPartition,
): CommittedOffset | null {
  return (groups.get(['offset', group, topic, partition]) as CommittedOffset | undefined) ?? null;
}

/** Stores the offsets in one transaction; resolves once they are durable. */
export async function commitOffsets(
  writer: LogWriter,
  group: string,
  offsets: readonly PartitionOffset[],
): Promise<void> {
  if (offsets.length === 0) return;
  await writer.write((staged) => {
    for (const { topic, partition, offset, metadata } of offsets) {
      staged.put('groups', ['offset', group, topic, partition], {
        offset,
        metadata: metadata ?? '',
      } satisfies CommittedOffset);
    }
  });
}
