import path from 'node:path';
import { mkdirSync } from 'node:fs';
import type { RuntimeConfig } from '../config/types.js';
import { ZoneProfiles, type UnknownZoneDefaults } from '../config/zone-profiles.js';
import { fileProblem } from '../contracts/file-problem.js';
import { NowcastError } from '../contracts/errors.js';
import type { TopicName } from '../contracts/records.js';
import { openEmbeddedHistory } from '../history/embedded-history.js';
import type { HistoryStore } from '../history/history-store.js';
import { openInfluxHistory } from '../history/influx-history.js';
import { openEmbeddedLog } from '../log/embedded-log.js';
import type { EventLog } from '../log/event-log.js';
import { openKafkaLog } from '../log/kafka-log.js';
import { openLocalCodec } from '../log/local-codec.js';
import { openRegistryCodec } from '../log/registry-codec.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import { loadTopicSpecs } from '../log/topic-specs.js';
import { HealthRegistry } from '../ops/health.js';
import type { Logger } from '../ops/logger.js';
import { createMetrics, type Metrics } from '../ops/metrics.js';
import { watchCapacity } from '../ops/watch-metrics.js';
import { SourceBoard } from '../ops/source-board.js';
import { simulatorZones } from '../sources/simulator/zones.js';

/** What every role of a process shares. */
export interface RoleContext {
  readonly config: RuntimeConfig;
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly history: HistoryStore;
  readonly profiles: ZoneProfiles;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
  /** What the collectors of this process know of their sources. */
  readonly sources: SourceBoard;
  readonly logger: Logger;
  /** Epoch milliseconds; the virtual time of a replay or a simulation, the wall clock otherwise. */
  readonly now: () => number;
  close(): Promise<void>;
}

export interface ContextOptions {
  readonly config: RuntimeConfig;
  readonly logger: Logger;
  readonly unknownZones?: UnknownZoneDefaults;
  readonly now?: () => number;
  /** Named checks that must be ok before /readyz says so. */
  readonly requiredChecks?: readonly string[];
}

/**
 * Opens the log, the codec and the history that the configuration names, and declares the topics.
 * @throws NowcastError LOG_UNAVAILABLE, HISTORY_UNAVAILABLE, STORAGE_FAILED naming what cannot be reached
 */
export async function openContext(options: ContextOptions): Promise<RoleContext> {
  const { config, logger } = options;
  const now = options.now ?? Date.now;
  makeDataDir(config.dataDir);
  const log = await openLog(config);
  try {
    const specs = loadTopicSpecs();
    await log.ensureTopics(specs);
    const codec = await openCodec(config);
    await codec.register(specs.map(({ name }) => name as TopicName));
    const history = openHistory(config);
    // The embedded history is this process's own files; a database may come later, and its sink waits for it.
    if (history.kind === 'embedded') await history.open();
    const health = new HealthRegistry(now, options.requiredChecks);
    const metrics = createMetrics();
    watchCapacity(metrics.registry, config.dataDir);
    health.report('log', { ok: true, detail: `${log.kind} log is open` });
    return {
      config,
      log,
      codec,
      history,
      profiles: new ZoneProfiles(config.zones, options.unknownZones, simulatorZones(), config.quality),
      metrics,
      health,
      sources: new SourceBoard(),
      logger,
      now,
      close: async () => {
        await history.close();
        await log.close();
      },
    };
  } catch (error) {
    await log.close();
    throw error;
  }
}

export function openLog(config: RuntimeConfig): Promise<EventLog> {
  if (config.log === 'embedded') return openEmbeddedLog({ dir: path.join(config.dataDir, 'log') });
  const { brokers, clientId, topicPrefix } = config.kafka;
  return openKafkaLog({ brokers: [...brokers], clientId, topicPrefix });
}

function openCodec(config: RuntimeConfig): Promise<SchemaCodec> {
  if (config.log === 'embedded') return openLocalCodec({ dir: config.dataDir });
  const { schemaRegistryUrl, topicPrefix } = config.kafka;
  return openRegistryCodec({ url: schemaRegistryUrl, topicPrefix });
}

function openHistory(config: RuntimeConfig): HistoryStore {
  return config.history === 'embedded'
    ? openEmbeddedHistory({ dir: path.join(config.dataDir, 'history') })
    : openInfluxHistory(config.influx);
}

function makeDataDir(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o750 });
  } catch (error) {
    throw new NowcastError(
      'STORAGE_FAILED',
      `data directory ${dir} cannot be made: ${fileProblem(error)}; choose another with --data-dir`,
      {
        cause: error,
      },
    );
  }
}
