import type { EventLog, PartitionOffset, Subscription, TopicPartition } from '../log/event-log.js';
import { INPUT_TOPICS } from './decode-input.js';
import type { Envelope } from './intake.js';
import { EventTimeMerger } from './merge.js';
import { partitionKey } from './restore.js';

/** Above this many queued events a topic partition is paused, below a quarter of it resumed. */
const MAX_QUEUED = 20_000;

/** How far a topic partition has been worked off. */
export interface LanePosition extends PartitionOffset {
  /** Latest availableAt popped in this partition number; -Infinity before the first. */
  readonly asOfMs: number;
}

/**
 * The queues between the log and the pure core: one event-time merger for each partition number of the input topics,
 * with back-pressure. A demand record is not worked off before the weather that was in the log when it was read.
 */
export class Lanes {
  private readonly mergers = new Map<number, EventTimeMerger<Envelope>>();
  private readonly paused = new Map<string, TopicPartition>();
  private readonly asOfMs = new Map<number, number>();
  private pushes = 0;
  /** Pushes that the fences were learnt after; fewer than `pushes` while they are stale. */
  private fencedPushes = -1;

  constructor(private readonly log: EventLog) {}

  /** Forgets all queues and starts anew at these positions. */
  reset(starts: readonly PartitionOffset[]): void {
    this.mergers.clear();
    this.paused.clear();
    this.asOfMs.clear();
    this.fencedPushes = -1;
    for (const { topic, partition, offset } of starts) this.merger(partition).pass(topic, offset);
  }

  push(topic: string, partition: number, envelopes: readonly Envelope[], nextOffset: number): void {
    const merger = this.merger(partition);
    merger.push(topic, envelopes);
    merger.pass(topic, nextOffset);
    this.pushes += 1;
  }

  /** Learns where the input topics end, if anything came since it last did. */
  async refreshFences(): Promise<void> {
    const { pushes } = this;
    if (this.fencedPushes === pushes) return;
    const ends = await Promise.all(INPUT_TOPICS.map((topic) => this.log.watermarks(topic)));
    this.fencedPushes = pushes;
    for (const { topic, partition, high } of ends.flat()) this.mergers.get(partition)?.setFence(topic, high);
  }

  /** The next event of any partition, in event time within each. */
  pop(): Envelope | null {
    for (const [partition, merger] of this.mergers) {
      const popped = merger.pop();
      if (popped === null) continue;
      const { queued } = popped;
      this.asOfMs.set(partition, Math.max(this.asOfMs.get(partition) ?? 0, queued.event.availableAtMs));
      return queued;
    }
    return null;
  }

  /** Next offsets to work off; what may be committed once everything popped so far is done. */
  positions(): LanePosition[] {
    return [...this.mergers].flatMap(([partition, merger]) => {
      const asOfMs = this.asOfMs.get(partition) ?? Number.NEGATIVE_INFINITY;
      return INPUT_TOPICS.map((topic) => ({ topic, partition, offset: merger.nextOffset(topic), asOfMs }));
    });
  }

  /** Pauses what has too much queued, resumes what has been worked off. */
  balance(subscription: Subscription | undefined): void {
    for (const [partition, merger] of this.mergers) {
      for (const topic of INPUT_TOPICS) {
        const part = { topic, partition };
        const key = partitionKey(part);
        const queued = merger.queued(topic);
        if (queued > MAX_QUEUED && !this.paused.has(key)) {
          this.paused.set(key, part);
          subscription?.pause([part]);
        } else if (queued < MAX_QUEUED / 4 && this.paused.delete(key)) {
          subscription?.resume([part]);
        }
      }
    }
  }

  private merger(partition: number): EventTimeMerger<Envelope> {
    let merger = this.mergers.get(partition);
    if (merger === undefined) {
      merger = new EventTimeMerger<Envelope>(INPUT_TOPICS);
      this.mergers.set(partition, merger);
    }
    return merger;
  }
}
