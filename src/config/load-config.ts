import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import { NowcastError } from '../contracts/errors.js';
import type { ConfigFile } from '../contracts/generated/config.js';
import { alertSettings } from './alert-settings.js';
import { defaultZones } from './default-zones.js';
import { bandSettings } from './band-settings.js';
import { authSettings } from './auth-settings.js';
import { readEnvironment, type Environment } from './environment.js';
import { gateSettings } from './gate-settings.js';
import { fileProblem } from '../contracts/file-problem.js';
import { httpSettings } from './http-settings.js';
import { packageRoot } from './package-root.js';
import { webhookSettings } from './webhook-settings.js';
import { qualitySettings } from './quality-settings.js';
import { sourceSettings } from './source-settings.js';
import { trainingSettings } from './training-settings.js';
import type { ConfigOverrides, RuntimeConfig } from './types.js';
import { requireZone } from './zone-profiles.js';

/** A key that cannot be guessed through the network. */
const SHORTEST_ADMIN_KEY = 16;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * Builds the configuration: defaults, then the file, then the environment, then the command line; the later wins.
 * @throws NowcastError CONFIG_INVALID naming the setting, where it came from and what is expected
 */
export function loadConfig(overrides: ConfigOverrides = {}): RuntimeConfig {
  const env = readEnvironment(overrides.envFile);
  const configPath = overrides.config ?? env.get('NOWCAST_CONFIG');
  const file = configPath === undefined ? {} : readConfigFile(configPath);
  const dataDir = overrides.dataDir ?? env.get('NOWCAST_DATA_DIR') ?? file.dataDir ?? '.nowcast';
  const config: RuntimeConfig = {
    zones: file.zones ?? defaultZones(),
    dataDir: path.resolve(dataDir),
    log: oneOf('log', overrides.log ?? env.get('NOWCAST_LOG') ?? file.log ?? 'embedded', [
      'embedded',
      'kafka',
    ]),
    history: oneOf('history', overrides.history ?? env.get('NOWCAST_HISTORY') ?? file.history ?? 'embedded', [
      'embedded',
      'influx',
    ]),
    http: httpSettings(file.http, {
      host: overrides.host ?? env.get('NOWCAST_HOST'),
      port: overrides.port ?? port(env.get('NOWCAST_PORT')),
      allowedOrigins: list(env.get('NOWCAST_ALLOWED_ORIGINS')),
      trustedProxies: list(env.get('NOWCAST_TRUSTED_PROXIES')),
    }),
    auth: authSettings(file.auth, env, path.resolve(dataDir)),
    kafka: kafkaSettings(env, file),
    influx: {
      url: env.get('INFLUX_URL') ?? file.influx?.url ?? 'http://127.0.0.1:8086',
      database: env.get('NOWCAST_INFLUX_DATABASE') ?? file.influx?.database ?? 'nowcast',
    },
    alerts: alertSettings(file.alerts),
    training: trainingSettings(file.training),
    accuracy: { horizonsMinutes: file.accuracy?.horizonsMinutes ?? null },
    bands: bandSettings(file),
    gate: gateSettings(file),
    quality: qualitySettings(file),
    webhooks: webhookSettings(file.webhooks, path.resolve(dataDir)),
    sources: sourceSettings(file.sources, onOrOff(env.get('NOWCAST_COLLECT'))),
    signing: signingSettings(env),
    admin: adminSettings(env),
    logLevel: oneOf('NOWCAST_LOG_LEVEL', env.get('NOWCAST_LOG_LEVEL') ?? 'info', LOG_LEVELS),
  };
  refuseRepeatedZones(config);
  for (const zone of file.zones ?? []) requireZone(zone);
  return deepFreeze(config);
}

function kafkaSettings(env: Environment, file: ConfigFile): RuntimeConfig['kafka'] {
  return {
    brokers: list(env.get('KAFKA_BROKERS')) ?? file.kafka?.brokers ?? ['127.0.0.1:9092'],
    schemaRegistryUrl:
      env.get('SCHEMA_REGISTRY_URL') ?? file.kafka?.schemaRegistryUrl ?? 'http://127.0.0.1:8081',
    topicPrefix: env.get('NOWCAST_TOPIC_PREFIX') ?? file.kafka?.topicPrefix ?? '',
    clientId: env.get('NOWCAST_CLIENT_ID') ?? file.kafka?.clientId ?? 'power-nowcast',
  };
}

function signingSettings(env: Environment): RuntimeConfig['signing'] {
  const privateKeyPem = env.get('NOWCAST_MODEL_SIGNING_KEY');
  const publicKeys = env.get('NOWCAST_MODEL_PUBLIC_KEYS');
  return {
    ...(privateKeyPem === undefined ? {} : { privateKeyPem }),
    publicKeysPem: publicKeys === undefined ? [] : splitPem(publicKeys),
  };
}

function adminSettings(env: Environment): RuntimeConfig['admin'] {
  const key = env.get('NOWCAST_ADMIN_KEY');
  if (key === undefined) return {};
  if (key.length >= SHORTEST_ADMIN_KEY && !/\s/.test(key)) return { key };
  throw new NowcastError(
    'CONFIG_INVALID',
    `NOWCAST_ADMIN_KEY: expected at least ${String(SHORTEST_ADMIN_KEY)} characters without spaces, for example from \`openssl rand -hex 32\``,
  );
}

function splitPem(text: string): string[] {
  return text.match(/-----BEGIN [^-]+-----[\s\S]+?-----END [^-]+-----/g) ?? [];
}

function readConfigFile(file: string): ConfigFile {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new NowcastError('CONFIG_INVALID', `configuration ${file}: ${fileProblem(error)}`, {
      cause: error,
    });
  }
  const ajv = new Ajv({ allErrors: true });
  addFormats.default(ajv);
  const schema: unknown = JSON.parse(
    readFileSync(path.join(packageRoot(), 'schemas', 'config.json'), 'utf8'),
  );
  const validate = ajv.compile<ConfigFile>(schema as object);
  if (validate(parsed)) return parsed;
  const problems = (validate.errors ?? []).map(problemOf);
  throw new NowcastError('CONFIG_INVALID', `configuration ${file}: ${problems.join('; ')}`);
}

function problemOf({ instancePath, message, params }: ErrorObject): string {
  const unknown = (params as Record<string, unknown>)['additionalProperty'];
  const what = typeof unknown === 'string' ? `has no setting ${unknown}` : (message ?? 'is invalid');
  return `${instancePath || '/'} ${what}`;
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new NowcastError(
    'CONFIG_INVALID',
    `${name}: expected ${allowed.join(' or ')}, got ${JSON.stringify(value)}`,
  );
}

function port(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new NowcastError(
    'CONFIG_INVALID',
    `NOWCAST_PORT: expected a port from 0 to 65535, got ${JSON.stringify(text)}`,
  );
}

function onOrOff(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : oneOf('NOWCAST_COLLECT', text, ['on', 'off']) === 'on';
}

function list(text: string | undefined): string[] | undefined {
  const items = text
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return items === undefined || items.length === 0 ? undefined : items;
}

function refuseRepeatedZones(config: RuntimeConfig): void {
  const seen = new Set<string>();
  for (const { zone } of config.zones) {
    if (seen.has(zone))
      throw new NowcastError('CONFIG_INVALID', `zones: ${JSON.stringify(zone)} is listed twice`);
    seen.add(zone);
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
