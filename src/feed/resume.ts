import type { EventLog } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import { FeedFrame } from './frame.js';
import type { FeedSubscription, ResumePoint } from './session.js';
import type { LiveView } from './live-view.js';

export interface ResumeLimits {
  /** Records of the log that one resume may read. */
  readonly maxRecords: number;
  /** Record bytes that one resume may bring back. */
  readonly maxBytes: number;
  /** How long a client waits for this gateway to read as far as another one had, whose position it brings. */
  readonly catchUpMs: number;
}

export const DEFAULT_RESUME_LIMITS: ResumeLimits = {
  maxRecords: 50_000,
  maxBytes: 16 * 1024 * 1024,
  catchUpMs: 5_000,
};

const TOPIC = 'nowcasts';

/** Whether the position is one of this feed that the view has already passed. */
export function isResumable(view: LiveView, resume: ResumePoint): boolean {
  return resume.epoch === view.epoch && resume.seq <= view.state.seq;
}

/**
 * Waits for the view to read up to a position that another gateway on the same log was ahead to.
 * @returns false when the log has no such position, or the view does not get there in time
 */
export async function reaches(
  source: { readonly log: EventLog; readonly view: LiveView },
  seq: number,
  limits: ResumeLimits,
): Promise<boolean> {
  const { log, view } = source;
  const mark = (await log.watermarks(TOPIC)).find(({ partition }) => partition === 0);
  if (mark === undefined || seq >= mark.high) return false;
  return new Promise((resolve) => {
    const settle = (): void => {
      clearTimeout(timer);
      stop();
      resolve(view.state.seq >= seq);
    };
    const stop = view.onBatch(() => {
      if (view.state.seq >= seq) settle();
    });
    const timer = setTimeout(settle, limits.catchUpMs).unref();
    if (view.state.seq >= seq) settle();
  });
}

/**
 * Reads from the log what the subscription missed before the ring of the view begins.
 * @returns the frames in order and the seq up to which they are complete, or null when an exact resume is not
 * possible (records are gone, or there are too many of them)
 */
export async function readMissed(
  source: { readonly log: EventLog; readonly codec: SchemaCodec; readonly view: LiveView },
  subscription: FeedSubscription,
  afterSeq: number,
  limits: ResumeLimits = DEFAULT_RESUME_LIMITS,
): Promise<{ readonly frames: FeedFrame[]; readonly upTo: number } | null> {
  const { log, codec, view } = source;
  if (view.state.ring.from - afterSeq > limits.maxRecords) return null;
  const low = (await log.watermarks(TOPIC)).find((mark) => mark.partition === 0)?.low ?? 0;
  if (afterSeq + 1 < low) return null;
  const frames: FeedFrame[] = [];
  let bytes = 0;
  let next = afterSeq + 1;
  while (next < view.state.ring.from) {
    const end = view.state.ring.from;
    for await (const batch of log.read(TOPIC, 0, next, end)) {
      const wanted = batch.records.filter((record) => wants(subscription, record.key));
      bytes += wanted.reduce((sum, record) => sum + (record.value?.length ?? 0), 0);
      if (bytes > limits.maxBytes) return null;
      await codec.prepare(wanted.map((record) => record.value));
      for (const record of wanted) {
        const decoded = codec.decode(TOPIC, record.value);
        if (decoded.ok) frames.push(new FeedFrame(record.offset, decoded.value, record.value?.length ?? 0));
      }
    }
    next = end;
  }
  return { frames, upTo: next - 1 };
}

export function wants(subscription: FeedSubscription, zone: string): boolean {
  return subscription.zones === null || subscription.zones.has(zone);
}
