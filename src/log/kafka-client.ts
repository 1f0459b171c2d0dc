import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin, type Kafka, type LogEntry } from 'kafkajs';
import { messageOf, NowcastError } from '../contracts/errors.js';
import { lacksLeader, toLogError } from './kafka-errors.js';
import { patchKafkajs } from './kafka-internals.js';

export interface KafkaLogMessage {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  readonly message: string;
}

export interface KafkaClientOptions {
  /** host:port of one or more brokers. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Put before every topic name on the cluster, so that several installations can share one. */
  readonly topicPrefix?: string;
  /** How much kafkajs tells `onMessage`. Default 'error'; without `onMessage` it stays silent. */
  readonly logLevel?: KafkaLogMessage['level'];
  readonly onMessage?: (message: KafkaLogMessage) => void;
}

/** One retry policy everywhere: kafkajs' own default differs when NODE_ENV is "test". Jitter 20 %. */
export const RETRY = { initialRetryTime: 200, maxRetryTime: 2_000, retries: 3, factor: 0.2, multiplier: 2 };

const CONNECT_WITHIN_MS = 9_000;
const LEVELS = {
  error: kafkajs.logLevel.ERROR,
  warn: kafkajs.logLevel.WARN,
  info: kafkajs.logLevel.INFO,
  debug: kafkajs.logLevel.DEBUG,
} as const;

/** A kafkajs client that writes nothing to the console. */
export function createKafka(options: KafkaClientOptions): Kafka {
  patchKafkajs();
  return new kafkajs.Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    retry: RETRY,
    logLevel:
      options.onMessage === undefined ? kafkajs.logLevel.NOTHING : LEVELS[options.logLevel ?? 'error'],
    logCreator: () => (entry) => options.onMessage?.({ level: levelOf(entry), message: textOf(entry) }),
  });
}

/**
 * Connects an admin client, or says within ten seconds that the cluster is not there.
 * @throws NowcastError LOG_UNAVAILABLE naming the brokers and what to check
 */
export async function connectAdmin(kafka: Kafka, brokers: readonly string[]): Promise<Admin> {
  const admin = kafka.admin();
  const giveUp = new AbortController();
  const connecting = admin.connect().then(() => admin.describeCluster());
  const timeout = delay(CONNECT_WITHIN_MS, null, { signal: giveUp.signal }).then(() => {
    throw new Error(`no answer within ${CONNECT_WITHIN_MS / 1000} s`);
  });
  try {
    await Promise.race([connecting, timeout]);
    return admin;
  } catch (error) {
    connecting.catch(() => undefined);
    void admin.disconnect().catch(() => undefined);
    throw unreachable(brokers, error);
  } finally {
    timeout.catch(() => undefined);
    giveUp.abort();
  }
}

function unreachable(brokers: readonly string[], error: unknown): NowcastError {
  const list = brokers.join(', ');
  const advice = 'check that Kafka runs there, that KAFKA_BROKERS is right, and that no firewall is between';
  return new NowcastError(
    'LOG_UNAVAILABLE',
    `no Kafka broker answers at ${list}: ${messageOf(error)}; ${advice}`,
    {
      retriable: true,
      cause: error,
      context: { brokers: list },
    },
  );
}

function levelOf(entry: LogEntry): KafkaLogMessage['level'] {
  const level = Object.entries(LEVELS).find(([, value]) => value === entry.level)?.[0];
  return (level ?? 'info') as KafkaLogMessage['level'];
}

function textOf(entry: LogEntry): string {
  const detail: unknown = entry.log['error'];
  const suffix = typeof detail === 'string' && detail !== entry.log.message ? ` (${detail})` : '';
  return `kafka ${entry.namespace}: ${entry.log.message}${suffix}`;
}

/** A broker may learn that it leads a new or moved partition after the metadata says so. */
const WAITS_FOR_LEADER_MS = [50, 100, 200, 400, 800, 1600];

/**
 * Runs a call to the cluster and gives its failure in the product's terms. It must be one that may be repeated: it is,
 * where kafkajs gives up at once because a broker does not yet know that it leads.
 */
export async function guarded<T>(what: string, topic: string, call: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const waitMs = lacksLeader(error) ? WAITS_FOR_LEADER_MS[attempt] : undefined;
      if (waitMs === undefined) throw toLogError(error, what, { topic });
      await delay(waitMs);
    }
  }
}
