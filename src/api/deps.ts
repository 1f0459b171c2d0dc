import type { HttpSettings } from '../config/http-settings.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import type { FeedDoor } from '../feed/admission.js';
import type { FeedLimits } from '../feed/feed-options.js';
import type { LiveView } from '../feed/live-view.js';
import type { HistoryStore } from '../history/history-store.js';
import type { EventLog } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import type { ModelRegistry } from '../model/registry.js';
import type { AuditTrail } from '../ops/audit.js';
import type { HealthRegistry } from '../ops/health.js';
import type { Metrics } from '../ops/metrics.js';
import type { RecentErrors } from '../ops/recent-errors.js';
import type { SourceBoard } from '../ops/source-board.js';
import type { WebhookService } from '../webhooks/service.js';
import type { AccessControl } from './auth/access-control.js';
import type { KeyStore } from './auth/keys/key-store.js';

/** What is known about zones beforehand. Zones that only the data knows are served as well. */
export interface ZoneDirectory {
  readonly zones: readonly string[];
  nameOf(zone: string): string;
  profile(zone: string, stepMinutes?: number): ZoneProfile;
}

export interface ApiOptions {
  /** Address to bind. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 8080; 0 picks a free one. */
  readonly port?: number;
  /** Origins of pages elsewhere that may read the API. */
  readonly allowedOrigins?: readonly string[];
  /** Built dashboard. Default dist/web. */
  readonly webDir?: string;
  /** Origins of pages elsewhere that may open the feed. Default allowedOrigins. */
  readonly feedOrigins?: readonly string[];
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[];
  /** Certificate and key, for HTTPS; null or absent for plain HTTP. */
  readonly tls?: HttpSettings['tls'];
  readonly feedLimits?: Partial<FeedLimits>;
  /** Who may read the feed. Default: who may read the API. */
  readonly feedDoor?: FeedDoor;
}

export interface ApiDeps {
  readonly zones: ZoneDirectory;
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly history: HistoryStore;
  /** Started by the caller, and closed by the caller after the server. */
  readonly liveView: LiveView;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
  /** Sources that this process collects from; absent where it collects nothing. */
  readonly sources?: SourceBoard;
  readonly errors: RecentErrors;
  /** Promotes and rolls back. */
  readonly registry: ModelRegistry;
  readonly audit: AuditTrail;
  /** Who may do what. Default: no keys, open to this machine when bound to loopback. */
  readonly access?: AccessControl;
  /** The API keys, for /v1/keys; without them these routes are not there. */
  readonly keys?: KeyStore;
  /** Webhooks, for /v1/webhooks; without them these routes are not there. */
  readonly webhooks?: WebhookService;
  /** Roles of this process, for example collect, stream, serve. */
  readonly roles: readonly string[];
  readonly startedAtMs: number;
  /** Clock of what is served, epoch milliseconds. Default the wall clock. */
  readonly nowMs?: () => number;
  /** Clock of the feed's connections. Default `nowMs`. */
  readonly clientNowMs?: () => number;
  readonly options?: ApiOptions;
}
