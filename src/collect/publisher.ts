import type { AppendRecord, EventLog } from '../log/event-log.js';
import { type RecordHead, recordHead } from '../log/record-head.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import { type SourceRecord, TOPIC_RANK } from '../sources/input-record.js';
import { ObservationIndex } from './observation-index.js';

const TOPICS = (Object.keys(TOPIC_RANK) as SourceRecord['topic'][]).sort(
  (a, b) => TOPIC_RANK[a] - TOPIC_RANK[b],
);
const MAX_APPEND_RECORDS = 2000;
/** Brokers refuse a batch of more than 1 MB by default. */
const MAX_APPEND_BYTES = 700_000;

export interface PublishCounts {
  /** Records appended, revisions among them. */
  readonly published: number;
  readonly revised: number;
  /** Records that said nothing new, not appended. */
  readonly unchanged: number;
}

export interface RestoreOptions {
  /** Records that became available before this are not looked at; what is published must not be older. */
  readonly sinceMs: number;
  readonly onProgress?: (recordsRead: number) => void;
}

export interface PublishOptions {
  /** Publish repetitions too (with the revision they repeat): a simulated duplicate must reach the log. */
  readonly keepUnchanged?: boolean;
}

/**
 * Publishes observations to the input topics in batches, and only what is new or changed: the same value of the same
 * interval is dropped, another value becomes the next revision. Its memory is the log itself, so a restarted import,
 * replay or collector goes on where it stopped, without doubles. One publisher per log and zone at a time, unless each catches up within a lock (shared-publisher.ts).
 */
export class ObservationPublisher {
  private readonly index = new ObservationIndex();
  /** Where the known part of each partition ends, by topic/partition. */
  private readonly ends = new Map<string, number>();

  constructor(
    private readonly log: EventLog,
    private readonly codec: SchemaCodec,
  ) {}

  /** Learns what the log already holds. Call once before the first publish. */
  async restore(options: RestoreOptions): Promise<void> {
    let recordsRead = 0;
    for (const topic of TOPICS) {
      for (const { partition, offset } of await this.log.offsetsAt(topic, options.sinceMs)) {
        await this.readFrom(topic, partition, offset, (count) => {
          recordsRead += count;
          options.onProgress?.(recordsRead);
        });
      }
    }
  }

  /** Learns what others appended to these records' topics since the restore or the last time. */
  async catchUp(records: readonly SourceRecord[]): Promise<void> {
    for (const topic of new Set(records.map((record) => record.topic))) {
      for (const { partition, high } of await this.log.watermarks(topic)) {
        const end = this.ends.get(`${topic}/${partition}`);
        if (end !== undefined && high > end) await this.readFrom(topic, partition, end, () => undefined);
      }
    }
  }

  private async readFrom(
    topic: SourceRecord['topic'],
    partition: number,
    offset: number,
    onRead: (count: number) => void,
  ): Promise<void> {
    this.ends.set(`${topic}/${partition}`, offset);
    for await (const batch of this.log.read(topic, partition, offset)) {
      await this.codec.prepare(batch.records.map((record) => record.value));
      for (const { value } of batch.records) this.restoreOne(topic, value);
      const last = batch.records.at(-1);
      if (last !== undefined) this.ends.set(`${topic}/${partition}`, last.offset + 1);
      onRead(batch.records.length);
    }
  }

  /**
   * True when a value of that interval or instant was published (since the restore's bound).
   * @param series of a topic that has several a zone: the product, and `product|area` of supply
   */
  holds(topic: SourceRecord['topic'], zone: string, validTimeMs: number, series?: string): boolean {
    return this.index.holds(topic, zone, validTimeMs, series);
  }

  /** Earliest and latest interval or instant that is known of a topic's zone; null for none. */
  span(
    topic: SourceRecord['topic'],
    zone: string,
    series?: string,
  ): { firstMs: number; lastMs: number } | null {
    return this.index.span(topic, zone, series);
  }

  /** Newest interval, instant or run of a topic's zone that any source but one gave; -Infinity for none. */
  newestNotFrom(topic: SourceRecord['topic'], zone: string, source: string): number {
    return this.index.newestNotFrom(topic, zone, source);
  }

  /** Newest availableAt that the log holds of a topic's zone (and series); -Infinity for none (since the restore's bound). */
  latestAvailableAtMs(topic: SourceRecord['topic'], zone: string, series?: string): number {
    return this.index.latestAvailableAtMs(topic, zone, series);
  }

  /**
   * Appends what is new; resolves once it is durable. Of records given together forecasts come first, then weather,
   * then demand, each in the given order. Revisions are the publisher's: those in the records are replaced.
   * @throws NowcastError of the log or the codec; what was not appended is forgotten again and may be given again
   */
  async publish(records: readonly SourceRecord[], options: PublishOptions = {}): Promise<PublishCounts> {
    const counts = { published: 0, revised: 0, unchanged: 0 };
    for (const topic of TOPICS) {
      let pending = new PendingAppend();
      for (const record of records) {
        if (record.topic !== topic) continue;
        const noted = this.index.note(record, options.keepUnchanged);
        if (noted.revision === null) {
          counts.unchanged++;
          continue;
        }
        counts.published++;
        if (noted.revision > 0) counts.revised++;
        pending.add(this.toAppend(record, noted.revision, noted.undo, pending), noted.undo);
        if (!pending.isFull) continue;
        await this.append(topic, pending);
        pending = new PendingAppend();
      }
      await this.append(topic, pending);
    }
    return counts;
  }

  private async append(topic: SourceRecord['topic'], pending: PendingAppend): Promise<void> {
    if (pending.records.length === 0) return;
    try {
      for (const { partition, firstOffset, lastOffset } of await this.log.append(topic, pending.records)) {
        const key = `${topic}/${partition}`;
        // Otherwise somebody else's records lie between, and are read at the next catch-up.
        if (this.ends.get(key) === firstOffset) this.ends.set(key, lastOffset + 1);
      }
    } catch (error) {
      pending.undo();
      throw error;
    }
  }

  private toAppend(
    record: SourceRecord,
    revision: number,
    undo: () => void,
    pending: PendingAppend,
  ): AppendRecord {
    const { topic, value, availableAtMs } = record;
    try {
      const framed = this.codec.encode(topic, { ...value, revision });
      const headers = pending.headOf(topic, value.source);
      return { key: value.zone, value: framed, timestampMs: availableAtMs, headers };
    } catch (error) {
      undo();
      pending.undo();
      throw error;
    }
  }

  private restoreOne(topic: SourceRecord['topic'], framed: Uint8Array | null): void {
    const decoded = this.codec.decode(topic, framed);
    // What the stream cannot read either is its dead letter, not ours.
    if (!decoded.ok) return;
    const { value } = decoded;
    this.index.restore({ topic, value, availableAtMs: Date.parse(value.availableAt) } as SourceRecord);
  }
}

/** Records of one append, and how to forget them again if it fails. */
class PendingAppend {
  readonly records: AppendRecord[] = [];
  private readonly undos: (() => void)[] = [];
  private readonly heads = new Map<string, RecordHead>();
  private bytes = 0;

  get isFull(): boolean {
    return this.records.length >= MAX_APPEND_RECORDS || this.bytes >= MAX_APPEND_BYTES;
  }

  add(record: AppendRecord, undo: () => void): void {
    this.records.push(record);
    this.undos.push(undo);
    this.bytes += record.value?.length ?? 0;
  }

  /** One trace for what is appended together: it came from one answer, and equal headers are stored once. */
  headOf(topic: SourceRecord['topic'], source: string): RecordHead {
    const known = this.heads.get(source);
    if (known !== undefined) return known;
    const head = recordHead(topic, source);
    this.heads.set(source, head);
    return head;
  }

  /** The newest first, so that two notes about one interval come apart in the right order. */
  undo(): void {
    for (const undo of this.undos.reverse()) undo();
  }
}
