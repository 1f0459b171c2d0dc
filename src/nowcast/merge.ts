import { NowcastError } from '../contracts/errors.js';
import { EVENT_RANK, type InputEvent } from '../features/input-event.js';

/** An event and where it stands in its topic's partition. */
export interface QueuedEvent {
  readonly event: InputEvent;
  readonly offset: number;
}

/**
 * Merges the same partition of several topics into one sequence by event time, so that the order in which batches
 * happen to be delivered does not matter.
 *
 * Per topic the log's order is kept; between topics the head with the least (availableAtMs, EVENT_RANK, topic order)
 * goes first. `pop` waits (returns null) while a topic has nothing queued and is not known to be caught up: an earlier
 * event might still come. A topic is caught up when everything below its fence has been pushed or passed. While
 * catching up, set the fences to the high watermarks; the sequence is then the same however the log is cut into
 * batches. After that, raise them when the high watermarks rise.
 *
 * The runner's loop: `push` a decoded batch (or `pass` records that gave no event), then `pop` until null.
 */
export class EventTimeMerger<Q extends QueuedEvent = QueuedEvent> {
  private readonly lanes: readonly Lane<Q>[];
  private readonly byTopic = new Map<string, Lane<Q>>();

  /** @param topics in the order that decides between equal events; at least one */
  constructor(topics: readonly string[]) {
    this.lanes = topics.map((topic) => new Lane<Q>(topic));
    for (const lane of this.lanes) this.byTopic.set(lane.topic, lane);
  }

  /** Appends events of one topic, in rising offset. The array is kept until it is worked off: do not change it. */
  push(topic: string, events: readonly Q[]): void {
    this.lane(topic).push(events);
  }

  /** Everything of the topic below this offset has been delivered: holes and records that gave no event included. */
  pass(topic: string, nextOffset: number): void {
    const lane = this.lane(topic);
    if (nextOffset > lane.delivered) lane.delivered = nextOffset;
  }

  /** The topic counts as caught up once everything below this offset has been delivered. Never lowers a fence. */
  setFence(topic: string, offset: number): void {
    const lane = this.lane(topic);
    if (offset > lane.fence) lane.fence = offset;
  }

  /** The next event with the topic it came from, or null while there is none or an earlier one may still come. */
  pop(): { readonly topic: string; readonly queued: Q } | null {
    let best: Lane<Q> | null = null;
    for (const lane of this.lanes) {
      const head = lane.head;
      if (head === null) {
        if (!lane.isCaughtUp) return null;
        continue;
      }
      if (best === null || precedes(head.event, (best.head as Q).event)) best = lane;
    }
    if (best === null) return null;
    const queued = best.head as Q;
    best.shift();
    return { topic: best.topic, queued };
  }

  /** Events queued in one topic, or in all: for back-pressure. */
  queued(topic?: string): number {
    if (topic !== undefined) return this.lane(topic).size;
    return this.lanes.reduce((sum, lane) => sum + lane.size, 0);
  }

  /** True when every topic has reached its fence and nothing is queued. */
  get isDrained(): boolean {
    return this.lanes.every((lane) => lane.head === null && lane.isCaughtUp);
  }

  /** Topics that keep `pop` waiting: nothing queued and not caught up. */
  waitingFor(): string[] {
    return this.lanes.filter((lane) => lane.head === null && !lane.isCaughtUp).map(({ topic }) => topic);
  }

  /** First offset of the topic that has not been popped: what may be committed once the popped events are worked off. */
  nextOffset(topic: string): number {
    const lane = this.lane(topic);
    return lane.head?.offset ?? lane.delivered;
  }

  private lane(topic: string): Lane<Q> {
    const lane = this.byTopic.get(topic);
    if (lane === undefined)
      throw new NowcastError('INTERNAL', `topic ${topic} is not merged here`, { context: { topic } });
    return lane;
  }
}

function precedes(a: InputEvent, b: InputEvent): boolean {
  if (a.availableAtMs !== b.availableAtMs) return a.availableAtMs < b.availableAtMs;
  return EVENT_RANK[a.type] < EVENT_RANK[b.type];
}

/** The queue of one topic: batches as they came and a cursor into the first. */
class Lane<Q extends QueuedEvent> {
  /** Null when nothing is queued. */
  head: Q | null = null;
  size = 0;
  delivered = 0;
  fence = Number.NEGATIVE_INFINITY;
  private readonly batches: (readonly Q[])[] = [];
  private at = 0;

  constructor(readonly topic: string) {}

  /** Without a fence nothing is known about the end of the topic, so it is never caught up. */
  get isCaughtUp(): boolean {
    return this.fence > Number.NEGATIVE_INFINITY && this.delivered >= this.fence;
  }

  push(events: readonly Q[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    this.batches.push(events);
    this.size += events.length;
    this.delivered = Math.max(this.delivered, last.offset + 1);
    this.head ??= events[0] as Q;
  }

  shift(): void {
    this.at++;
    this.size--;
    if (this.at >= (this.batches[0]?.length ?? 0)) {
      this.batches.shift();
      this.at = 0;
    }
    this.head = this.batches[0]?.[this.at] ?? null;
  }
}
