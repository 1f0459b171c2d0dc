import kafkajs, { type Assigner, type Cluster, type GroupMember, type GroupMemberAssignment } from 'kafkajs';
import type { JoinListener } from './kafka-internals.js';

const NAME = 'CoPartitioned';
const VERSION = 1;
const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;

/** Partition numbers of each topic, by member id. */
export type Assignment = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

/**
 * Shares partitions so that equal numbers of all topics go to one member: partition p belongs to member p mod n in the
 * order of the ids. (kafkajs' round robin deals them over all topics and so parts a zone's demand from its weather.)
 * A member that does not subscribe to a topic gets none of it.
 */
export function assignCoPartitioned(
  partitionsOf: ReadonlyMap<string, readonly number[]>,
  topicsOf: ReadonlyMap<string, ReadonlySet<string>>,
): Assignment {
  const members = [...topicsOf.keys()].sort();
  const assignment = new Map(members.map((member) => [member, new Map<string, number[]>()]));
  for (const [topic, partitions] of partitionsOf) {
    const takers = members.filter((member) => topicsOf.get(member)?.has(topic) === true);
    for (const partition of [...partitions].sort((a, b) => a - b)) {
      const taker = takers[partition % Math.max(takers.length, 1)];
      if (taker === undefined) continue;
      const given = assignment.get(taker);
      given?.set(topic, [...(given.get(topic) ?? []), partition]);
    }
  }
  return assignment;
}

/** The assigner as kafkajs wants it; it also carries the listener that is told around every join. */
export function coPartitionAssigner(
  joinListener: JoinListener,
): (config: { cluster: Cluster }) => Assigner & { joinListener: JoinListener } {
  return ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    joinListener,
    assign: async ({ members, topics }) =>
      encode(assignCoPartitioned(partitions(cluster, topics), subscribed(members))),
    protocol: ({ topics }) => ({
      name: NAME,
      metadata: MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.alloc(0) }),
    }),
  });
}

function partitions(cluster: Cluster, topics: readonly string[]): Map<string, number[]> {
  return new Map(
    topics.map((topic) => [
      topic,
      cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
    ]),
  );
}

function subscribed(members: readonly GroupMember[]): Map<string, Set<string>> {
  return new Map(
    members.map(({ memberId, memberMetadata }) => [
      memberId,
      new Set(MemberMetadata.decode(memberMetadata)?.topics ?? []),
    ]),
  );
}

function encode(assignment: Assignment): GroupMemberAssignment[] {
  return [...assignment].map(([memberId, topics]) => {
    const byTopic = Object.fromEntries([...topics].map(([topic, numbers]) => [topic, [...numbers]]));
    return {
      memberId,
      memberAssignment: MemberAssignment.encode({
        version: VERSION,
        assignment: byTopic,
        userData: Buffer.alloc(0),
      }),
    };
  });
}
