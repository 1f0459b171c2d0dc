import { NowcastError } from '../../contracts/errors.js';
import type { TopicSpec } from '../event-log.js';
import type { LogEnvironment } from './environment.js';
import type { LogWriter, StagedWrites } from './log-writer.js';

/** A created topic; it never changes afterwards. */
export interface StoredTopic {
  readonly name: string;
  /** By partition number: the id under which LMDB keeps the partition. */
  readonly partitionIds: readonly number[];
  readonly config: Readonly<Record<string, string>>;
}

const LEGAL_NAME = /^[a-zA-Z0-9._-]{1,249}$/;

/** The topics of a log; those of other processes are found when first asked for. */
export class TopicCatalog {
  private readonly known = new Map<string, StoredTopic>();

  constructor(
    private readonly environment: LogEnvironment,
    private readonly writer: LogWriter,
  ) {}

  /** Creates the topics that are missing, in one transaction. */
  async ensure(specs: readonly TopicSpec[]): Promise<void> {
    for (const spec of specs) assertLegal(spec);
    if (specs.every(({ name }) => this.find(name) !== null)) return;
    await this.writer.write((staged) => {
      let nextId = staged.get('meta', 'nextPartitionId') as number;
      for (const spec of specs) {
        if (staged.get('meta', ['topic', spec.name]) === undefined) nextId = stageTopic(staged, spec, nextId);
      }
      staged.put('meta', 'nextPartitionId', nextId);
    });
  }

  find(name: string): StoredTopic | null {
    const known = this.known.get(name) ?? this.stored(name);
    if (known === undefined) return null;
    this.known.set(name, known);
    return known;
  }

  /** @throws NowcastError TOPIC_UNKNOWN */
  get(name: string): StoredTopic {
    const topic = this.find(name);
    if (topic === null) {
      throw new NowcastError(
        'TOPIC_UNKNOWN',
        `topic "${name}" does not exist in this log: create it with nowcast topics apply`,
        {
          context: { topic: name },
        },
      );
    }
    return topic;
  }

  /** Id of one partition. @throws NowcastError TOPIC_UNKNOWN for a topic or partition that does not exist */
  partitionId(topicName: string, partition: number): number {
    const topic = this.get(topicName);
    const id = topic.partitionIds[partition];
    if (id === undefined) {
      throw new NowcastError(
        'TOPIC_UNKNOWN',
        `topic "${topicName}" has partitions 0 to ${topic.partitionIds.length - 1}, not ${partition}`,
        { context: { topic: topicName, partition } },
      );
    }
    return id;
  }

  all(): StoredTopic[] {
    const range = this.environment.meta.getRange({ start: ['topic', ''], end: ['topic', '\uffff'] });
    return [...range].map(({ value }) => value as StoredTopic);
  }

  private stored(name: string): StoredTopic | undefined {
    if (name === '') return undefined;
    return this.environment.meta.get(['topic', name]) as StoredTopic | undefined;
  }
}

function stageTopic(staged: StagedWrites, { name, partitions, config }: TopicSpec, firstId: number): number {
  const partitionIds = Array.from({ length: partitions }, (_, partition) => firstId + partition);
  staged.put('meta', ['topic', name], { name, partitionIds, config: { ...config } } satisfies StoredTopic);
  return firstId + partitions;
}

function assertLegal({ name, partitions }: TopicSpec): void {
  if (!LEGAL_NAME.test(name)) {
    throw new NowcastError(
      'INPUT_INVALID',
      `topic name "${name}" is not 1 to 249 of the characters a-z A-Z 0-9 . _ -`,
    );
  }
  if (!Number.isInteger(partitions) || partitions < 1) {
    throw new NowcastError(
      'INPUT_INVALID',
      `topic "${name}": partitions must be a whole number of at least 1, not ${partitions}`,
    );
  }
}
