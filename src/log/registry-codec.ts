import { setTimeout as delay } from 'node:timers/promises';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- the registry's client, not the Kafka client: it belongs to this driver alone
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { NowcastError, messageOf } from '../contracts/errors.js';
import type { TopicName } from '../contracts/records.js';
import { JsonSchemaCodec, type SchemaIdSource } from './json-schema-codec.js';
import { recordSchemaOf, type RecordSchema } from './record-schema.js';
import type { SchemaCodec } from './schema-codec.js';

export interface RegistryCodecOptions {
  /** Base URL of a Confluent-compatible registry; user and password may be part of it. */
  readonly url: string;
  /** Put before the topic's name in the subject, as it is before the topic itself. */
  readonly topicPrefix?: string;
}

/** How often, and after how long, a registration is tried again that met another one. */
const REGISTER_ATTEMPTS = 6;
const REGISTER_AGAIN_MS = 200;

/**
 * Opens the codec whose schema ids come from a Confluent-compatible schema registry (subject `<topic>-value`). Connects
 * when first used.
 * @throws NowcastError CONFIG_INVALID for a URL that is none
 */
export async function openRegistryCodec(options: RegistryCodecOptions): Promise<SchemaCodec> {
  return new JsonSchemaCodec(new RegistrySchemaIds(options.url, options.topicPrefix ?? ''));
}

class RegistrySchemaIds implements SchemaIdSource {
  private readonly registry: SchemaRegistry;
  private readonly host: string;
  /** What the client compiled last, by the validator it was given. */
  private readonly compiled = new Map<unknown, RecordSchema>();

  constructor(
    url: string,
    private readonly topicPrefix: string,
  ) {
    const { host, auth } = splitUrl(url);
    this.host = host;
    // The client would compile with an Ajv of its own that knows no formats; ours also hands us the schema.
    const ajvInstance = { addSchema: () => undefined, compile: (schema: object) => this.compile(schema) };
    const connection = {
      host,
      retry: { retries: 2, maxRetryTimeInSecs: 2 },
      ...(auth === null ? {} : { auth }),
    };
    this.registry = new SchemaRegistry(connection, {
      [SchemaType.JSON]: { ajvInstance: ajvInstance as never },
    });
  }

  async register(schemas: ReadonlyMap<TopicName, RecordSchema>): Promise<ReadonlyMap<TopicName, number>> {
    const ids = await Promise.all(
      [...schemas].map(async ([topic, { text }]) => [topic, await this.idOf(topic, text)] as const),
    );
    return new Map(ids);
  }

  async find(id: number): Promise<RecordSchema | null> {
    try {
      const schema = (await this.registry.getSchema(id)) as unknown as { validate: unknown };
      return this.compiled.get(schema.validate) ?? null;
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw this.unavailable(error, `could not look up schema id ${id}`);
    }
  }

  /** Registered already, or registered now. Looking first also serves users who may read the registry only. */
  private async idOf(topic: TopicName, text: string, attempt = 1): Promise<number> {
    const subject = `${this.topicPrefix}${topic}-value`;
    const schema = { type: SchemaType.JSON, schema: text } as const;
    try {
      return await this.registry.getRegistryIdBySchema(subject, schema);
    } catch (error) {
      // Its own error class stands for "not registered"; everything else carries a status.
      if (!isNotRegistered(error)) throw this.unavailable(error, `could not look up subject ${subject}`);
    }
    try {
      return (await this.registry.register(schema, { subject })).id;
    } catch (error) {
      if (attempt < REGISTER_ATTEMPTS && isHalfWay(error)) {
        await delay(REGISTER_AGAIN_MS);
        return this.idOf(topic, text, attempt + 1);
      }
      if (isIncompatible(error)) throw this.incompatible(error, subject);
      throw this.unavailable(error, `could not register subject ${subject}`);
    }
  }

  private compile(schema: object): unknown {
    const compiled = recordSchemaOf(JSON.stringify(schema));
    this.compiled.set(compiled.validate, compiled);
    return compiled.validate;
  }

  private incompatible(error: unknown, subject: string): NowcastError {
    return new NowcastError(
      'SCHEMA_INCOMPATIBLE',
      `the schema registry at ${this.host} refuses the schema of subject ${subject} (${messageOf(error)}): run the version ` +
        'that registered it, or set the compatibility of the subject to BACKWARD and register a compatible schema',
      { cause: error, context: { subject, url: this.host } },
    );
  }

  private unavailable(error: unknown, what: string): NowcastError {
    const status = statusOf(error);
    const denied = status === 401 || status === 403;
    const advice = denied
      ? 'check the user and password in SCHEMA_REGISTRY_URL'
      : 'check that it runs and that SCHEMA_REGISTRY_URL is right';
    return new NowcastError(
      'LOG_UNAVAILABLE',
      `schema registry at ${this.host}: ${what} (${reasonOf(error)}): ${advice}`,
      {
        retriable: !denied,
        cause: error,
        context: { url: this.host },
      },
    );
  }
}

/** Takes user and password out of the URL, so that no message can show them. */
function splitUrl(text: string): { host: string; auth: { username: string; password: string } | null } {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new NowcastError(
      'CONFIG_INVALID',
      'the schema registry URL is not a URL: expected http://host:port or https://...',
    );
  }
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const host = url.href.replace(/\/+$/, '');
  if (username === '') return { host, auth: null };
  return { host, auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) } };
}

function statusOf(error: unknown): number | null {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : null;
}

function isNotRegistered(error: unknown): boolean {
  return statusOf(error) === 404 || (error instanceof Error && error.name === 'ConfluentSchemaRegistryError');
}

/** Another process registers the subject at this moment: schema, rule and its value are separate steps of a registry. */
function isHalfWay(error: unknown): boolean {
  return /already exists|Compatibility does not match/i.test(messageOf(error));
}

function isIncompatible(error: unknown): boolean {
  return (
    statusOf(error) === 409 ||
    statusOf(error) === 422 ||
    (error instanceof Error && error.name.includes('Compatibility'))
  );
}

/** The client puts its own name before every message. */
function reasonOf(error: unknown): string {
  const message = messageOf(error).replace(/^[\w@/-]* - /, '');
  // What the client makes of an answer whose body is no registry's error.
  return message.includes('[object Object]')
    ? message.replace(/:? ?\[object Object\]/, ', not an answer of a registry')
    : message;
}
