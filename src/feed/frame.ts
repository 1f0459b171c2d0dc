import type { Nowcast } from '../contracts/records.js';
import { viewNowcast, type HorizonView } from './horizon-view.js';
import { encodeNowcast } from './protocol.js';

/** Views kept serialised per frame; more distinct ones than this at a time are serialised again. */
const MAX_CACHED_VIEWS = 16;

/** One nowcast of the feed. Serialised at most once per horizon view, however many clients get it. */
export class FeedFrame {
  readonly originMs: number;
  private readonly json = new Map<string, string | null>();
  private readonly messages = new Map<string, Buffer>();

  /**
   * @param seq offset in the nowcasts topic
   * @param recordBytes size of the record in the log, the measure of what this frame weighs
   */
  constructor(
    readonly seq: number,
    readonly nowcast: Nowcast,
    readonly recordBytes: number,
  ) {
    this.originMs = Date.parse(nowcast.origin);
  }

  get zone(): string {
    return this.nowcast.zone;
  }

  /** True when this one tells more than the other of the same zone: a later origin, or a later issue of the same. */
  supersedes(other: FeedFrame): boolean {
    if (this.originMs !== other.originMs) return this.originMs > other.originMs;
    return this.nowcast.revision >= other.nowcast.revision;
  }

  /** JSON of the nowcast as the view shows it; null when the view shows none of it. */
  jsonOf(view: HorizonView): string | null {
    const cached = this.json.get(view.key);
    if (cached !== undefined) return cached;
    const seen = viewNowcast(this.nowcast, view);
    const json = seen === null ? null : JSON.stringify(seen);
    makeRoom(this.json);
    this.json.set(view.key, json);
    return json;
  }

  /** The whole `nowcast` message for the view, ready to send; null when the view shows none of it. */
  messageOf(view: HorizonView): Buffer | null {
    const cached = this.messages.get(view.key);
    if (cached !== undefined) return cached;
    const json = this.jsonOf(view);
    if (json === null) return null;
    const message = Buffer.from(encodeNowcast(this.seq, json));
    makeRoom(this.messages);
    this.messages.set(view.key, message);
    return message;
  }

  /** Forgets what is serialised; it is made again when somebody asks. */
  release(): void {
    this.json.clear();
    this.messages.clear();
  }
}

function makeRoom(cache: Map<string, unknown>): void {
  if (cache.size >= MAX_CACHED_VIEWS) cache.clear();
}
