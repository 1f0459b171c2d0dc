import type { EventLog } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import type { Metrics } from '../ops/metrics.js';
import type { FeedDoor } from './admission.js';
import type { LiveView } from './live-view.js';
import type { OutboxLimits } from './outbox.js';
import { DEFAULT_RESUME_LIMITS, type ResumeLimits } from './resume.js';
import { DEFAULT_SESSION_LIMITS, type FeedCatalog, type SessionLimits } from './session.js';

export interface FeedLimits extends SessionLimits, OutboxLimits {
  readonly maxClients: number;
  /** How often deadlines, heartbeats and slow clients are looked at. */
  readonly tickMs: number;
  /** Longest wait between two batches of the log for clients to take the first. */
  readonly batchPauseMs: number;
  /** Time over which clients are sent away at a shutdown, so that they do not all come back at once. */
  readonly drainMs: number;
  readonly resume: ResumeLimits;
}

export const DEFAULT_FEED_LIMITS: FeedLimits = {
  ...DEFAULT_SESSION_LIMITS,
  softBytes: 1024 * 1024,
  hardBytes: 16 * 1024 * 1024,
  stallMs: 15_000,
  maxClients: 10_000,
  tickMs: 500,
  batchPauseMs: 200,
  drainMs: 2_000,
  resume: DEFAULT_RESUME_LIMITS,
};

export interface FeedServerOptions {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly view: LiveView;
  readonly catalog: FeedCatalog;
  readonly metrics: Metrics;
  readonly allowedOrigins: readonly string[];
  /** Who may read. Default: everybody. */
  readonly door?: FeedDoor;
  readonly limits?: Partial<FeedLimits>;
  /** Clock of what is served, epoch milliseconds: a replay's or a simulation's may run fast. Default the wall clock. */
  readonly nowMs?: () => number;
  /** Clock of the connections: silence, heartbeats, credits, backlogs. Default `nowMs`. */
  readonly clientNowMs?: () => number;
  /** In [0, 1): spreads the clients at a shutdown. */
  readonly random?: () => number;
  readonly onError?: (error: unknown) => void;
}
