import { setTimeout as delay } from 'node:timers/promises';
import { NowcastError } from '../contracts/errors.js';
import type { PartitionOffset } from './event-log.js';
import { RETRY } from './kafka-client.js';
import { isRebalancing, toLogError } from './kafka-errors.js';
import type { ConsumerGroup } from './kafka-internals.js';

const ATTEMPTS = 8;

/**
 * Commits offsets (topics by their names on the cluster) through the membership itself. kafkajs' own consumer.commitOffsets
 * returns without committing while it joins or stops, which is just when partitions change hands.
 * @param membership asked anew for each attempt, as it changes when the consumer reconnects; null while there is none
 * @throws NowcastError LOG_UNAVAILABLE (retriable) when the offsets are not durable
 */
export async function commitOffsets(
  membership: () => ConsumerGroup | null,
  groupId: string,
  offsets: readonly PartitionOffset[],
): Promise<void> {
  if (offsets.length === 0) return;
  const topics = offsets.map(({ topic, partition, offset, metadata = '' }) => ({
    topic,
    partitions: [{ partition, offset: String(offset), metadata }],
  }));
  for (let attempt = 1; ; attempt++) {
    try {
      const group = membership();
      if (group === null) throw notJoined(groupId);
      await group.commitOffsets({ topics });
      return;
    } catch (error) {
      if (attempt >= ATTEMPTS || isRebalancing(error)) {
        throw toLogError(error, `could not commit offsets of group ${groupId}`, { group: groupId });
      }
      await delay(Math.min(RETRY.initialRetryTime * attempt, RETRY.maxRetryTime));
    }
  }
}

function notJoined(groupId: string): NowcastError {
  return new NowcastError('LOG_UNAVAILABLE', `group ${groupId} is not joined at the moment`, {
    retriable: true,
  });
}
