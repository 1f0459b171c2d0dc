import type { TopicPartition } from '../event-log.js';
import type { GroupMember } from './group-member.js';

/**
 * Shares the partitions of a group's topics among its members in this process. Rebalances run one after another;
 * members whose partitions stay the same are left alone.
 */
export class GroupCoordinator {
  private members: GroupMember[] = [];
  private rebalancing: Promise<void> = Promise.resolve();

  constructor(private readonly partitionCountOf: (topic: string) => number) {}

  get isEmpty(): boolean {
    return this.members.length === 0;
  }

  async join(member: GroupMember): Promise<void> {
    this.members.push(member);
    await this.rebalance();
  }

  /** Takes the member's partitions away and shares them among the others. */
  async leave(member: GroupMember): Promise<void> {
    this.members = this.members.filter((other) => other !== member);
    await this.rebalance(member);
  }

  private rebalance(leaving?: GroupMember): Promise<void> {
    this.rebalancing = this.rebalancing.then(async () => {
      if (leaving !== undefined) await leaving.revoke();
      const shares = shareOut(this.members, this.partitionCountOf);
      const changed = this.members.filter((member) => !sameShare(member, shares.get(member) ?? []));
      // All are revoked before any is assigned: no partition is ever with two members.
      await Promise.all(changed.map((member) => member.revoke()));
      for (const member of changed) {
        if (!member.failed && this.members.includes(member)) member.assign(shares.get(member) ?? []);
      }
    });
    return this.rebalancing;
  }
}

/** Partition p of every topic goes to subscriber p mod n, so equal numbers of co-partitioned topics stay together. */
function shareOut(
  members: readonly GroupMember[],
  partitionCountOf: (topic: string) => number,
): Map<GroupMember, TopicPartition[]> {
  const shares = new Map<GroupMember, TopicPartition[]>(members.map((member) => [member, []]));
  for (const topic of new Set(members.flatMap((member) => member.topics))) {
    const subscribers = members.filter((member) => member.topics.includes(topic));
    for (let partition = 0; partition < partitionCountOf(topic); partition++) {
      const owner = subscribers[partition % subscribers.length];
      if (owner !== undefined) shares.get(owner)?.push({ topic, partition });
    }
  }
  return shares;
}

function sameShare(member: GroupMember, share: readonly TopicPartition[]): boolean {
  return (
    member.ownedPartitions().length === share.length && share.every((partition) => member.owns(partition))
  );
}
