import type { Admin } from 'kafkajs';
import { NowcastError } from '../contracts/errors.js';
import { guarded } from './kafka-client.js';

/** Which topics exist and how many partitions each has; asked once, and again for a topic that is not known yet. */
export class TopicDirectory {
  private counts = new Map<string, number>();
  private asking: Promise<void> | null = null;

  constructor(private readonly admin: Admin) {}

  /**
   * Number of partitions of a topic of the cluster (full name).
   * @throws NowcastError TOPIC_UNKNOWN
   */
  async partitionCount(topic: string): Promise<number> {
    const known = this.counts.get(topic);
    if (known !== undefined) return known;
    await this.refresh();
    const count = this.counts.get(topic);
    if (count === undefined) throw unknownTopic(topic);
    return count;
  }

  async existing(): Promise<ReadonlySet<string>> {
    await this.refresh();
    return new Set(this.counts.keys());
  }

  /** Call after an error that may mean the topics changed. */
  forget(): void {
    this.counts = new Map();
  }

  /** One request at a time, shared by all who ask meanwhile. */
  private refresh(): Promise<void> {
    this.asking ??= this.ask().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private async ask(): Promise<void> {
    const { topics } = await guarded('could not list the topics', '', () => this.admin.fetchTopicMetadata());
    this.counts = new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
  }
}

function unknownTopic(topic: string): NowcastError {
  return new NowcastError(
    'TOPIC_UNKNOWN',
    `topic ${topic} does not exist on this cluster; create the declared topics first (topics apply)`,
    { context: { topic } },
  );
}
