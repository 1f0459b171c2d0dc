import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AccessControl, type AccessControlOptions } from '../../src/api/auth/access-control.js';
import { AdminKey } from '../../src/api/auth/admin-key.js';
import { KeyStore } from '../../src/api/auth/keys/key-store.js';
import type { ApiOptions } from '../../src/api/deps.js';
import { createApiServer, type ApiServer } from '../../src/api/server.js';
import type { ZoneConfig } from '../../src/config/types.js';
import { ZoneProfiles } from '../../src/config/zone-profiles.js';
import type { TopicName, TopicRecords } from '../../src/contracts/records.js';
import { LiveView, type LiveViewOptions } from '../../src/feed/live-view.js';
import { openEmbeddedHistory } from '../../src/history/embedded-history.js';
import type { HistoryStore } from '../../src/history/history-store.js';
import { openEmbeddedLog } from '../../src/log/embedded-log.js';
import type { EventLog } from '../../src/log/event-log.js';
import { openLocalCodec } from '../../src/log/local-codec.js';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { loadTopicSpecs } from '../../src/log/topic-specs.js';
import { ModelRegistry } from '../../src/model/registry.js';
import type { TrustedKeys } from '../../src/model/signature.js';
import { AuditTrail } from '../../src/ops/audit.js';
import { watchAudit } from '../../src/ops/audit-watch.js';
import { HealthRegistry } from '../../src/ops/health.js';
import { createLogger } from '../../src/ops/logger.js';
import { createMetrics, type Metrics } from '../../src/ops/metrics.js';
import { RecentErrors } from '../../src/ops/recent-errors.js';
import { WebhookService } from '../../src/webhooks/service.js';

const TOPICS: TopicName[] = [
  'nowcasts',
  'demand.observed',
  'demand.forecast',
  'models',
  'accuracy',
  'alerts',
  'training.requests',
  'training.runs',
  'quality.events',
  'quality.summaries',
  'supply.observed',
  'supply.forecast',
  'audit',
];

export interface ServingOptions {
  readonly zones?: readonly string[];
  /** Zones in full, in place of `zones`. */
  readonly zoneConfigs?: readonly ZoneConfig[];
  readonly api?: ApiOptions;
  readonly view?: Partial<LiveViewOptions>;
  readonly nowMs?: () => number;
  /** Of the feed's connections, where it is another. */
  readonly clientNowMs?: () => number;
  /** Keys whose models may be promoted; none by default. */
  readonly trusted?: TrustedKeys;
  /** The admin key; none by default. */
  readonly adminKey?: string;
  /** Who may do what, where it differs from a service that is bound to loopback. */
  readonly access?: Partial<AccessControlOptions>;
  /** Runs before the live view starts. */
  readonly before?: (parts: { log: EventLog; codec: SchemaCodec }) => Promise<void>;
}

/** A whole serving side on the embedded log and the embedded history, in a folder of its own. */
export class Serving {
  private constructor(
    readonly dir: string,
    readonly log: EventLog,
    readonly codec: SchemaCodec,
    readonly history: HistoryStore,
    readonly view: LiveView,
    readonly metrics: Metrics,
    readonly health: HealthRegistry,
    readonly errors: RecentErrors,
    readonly server: ApiServer,
    readonly keys: KeyStore,
    readonly webhooks: WebhookService,
    readonly url: string,
  ) {}

  static async start(options: ServingOptions = {}): Promise<Serving> {
    const dir = await mkdtemp(path.join(tmpdir(), 'nowcast-serving-'));
    const log = await openEmbeddedLog({ dir: path.join(dir, 'log') });
    await log.ensureTopics(loadTopicSpecs());
    const codec = await openLocalCodec({ dir: path.join(dir, 'log') });
    await codec.register(TOPICS);
    const history = openEmbeddedHistory({ dir: path.join(dir, 'history') });
    await history.open();
    await options.before?.({ log, codec });
    const nowMs = options.nowMs ?? Date.now;
    const errors = new RecentErrors(nowMs);
    const onError = (error: unknown): void => {
      errors.add('view', error);
    };
    const view = new LiveView({ log, codec, onError, ...options.view });
    await view.start();
    const metrics = createMetrics();
    const health = new HealthRegistry(nowMs);
    const configured = (options.zones ?? ['A', 'B']).map((zone) => ({
      zone,
      name: `Zone ${zone}`,
      stepMinutes: 5,
      horizonsMinutes: [5, 15, 60] as [number, ...number[]],
    }));
    const keys = new KeyStore({
      file: path.join(dir, 'keys', 'api-keys.json'),
      useFile: path.join(dir, 'keys', 'used.json'),
      onProblem: onError,
      pollMs: 20,
    });
    const webhooks = WebhookService.open({
      dir: path.join(dir, 'webhooks'),
      allowPrivate: true,
      userAgent: 'test',
      timeoutMs: 500,
    });
    const logger = createLogger({ level: 'silent', pretty: false });
    const audit = new AuditTrail(log, codec, nowMs, watchAudit({ metrics, health, logger }));
    const server = await createApiServer({
      zones: new ZoneProfiles(options.zoneConfigs ?? configured),
      log,
      codec,
      history,
      liveView: view,
      metrics,
      health,
      errors,
      roles: ['serve'],
      startedAtMs: nowMs(),
      ...(options.clientNowMs === undefined ? {} : { clientNowMs: options.clientNowMs }),
      nowMs,
      keys,
      webhooks,
      access: accessOf(options, keys),
      audit,
      registry: new ModelRegistry({
        log,
        codec,
        audit,
        now: nowMs,
        trusted: () => options.trusted ?? new Map(),
      }),
      options: { port: 0, ...options.api },
    });
    const parts = [dir, log, codec, history, view, metrics, health, errors, server, keys, webhooks] as const;
    try {
      const { url } = await server.listen();
      return new Serving(...parts, url);
    } catch (error) {
      await new Serving(...parts, '').stop();
      throw error;
    }
  }

  get feedUrl(): string {
    return `${this.url.replace('http', 'ws').replace('localhost', '127.0.0.1')}/v1/feed`;
  }

  /** @returns the last offset */
  async append<T extends TopicName>(
    topic: T,
    values: readonly TopicRecords[T][],
    keyOf = keyOfRecord,
  ): Promise<number> {
    const records = values.map((value) => ({
      key: keyOf(value),
      value: this.codec.encode(topic, value),
      timestampMs: Date.now(),
    }));
    const results = await this.log.append(topic, records);
    return Math.max(...results.map((result) => result.lastOffset));
  }

  async stop(): Promise<void> {
    await this.server.close();
    await this.webhooks.close();
    await this.keys.close();
    await this.view.close();
    await this.history.close();
    await this.log.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}

function accessOf({ adminKey, access }: ServingOptions, keys: KeyStore): AccessControl {
  return new AccessControl({
    checkers: [...(adminKey === undefined ? [] : [new AdminKey(adminKey)]), keys],
    open: { host: '127.0.0.1', openRead: null, openExport: null },
    perAddress: 1200,
    perKey: 6000,
    ...access,
  });
}

export function keyOfRecord(value: object): string {
  const record = value as { zone?: string | null; version?: string; id?: string };
  return record.version ?? record.zone ?? record.id ?? '';
}
