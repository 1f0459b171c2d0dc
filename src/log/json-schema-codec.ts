import { isUtf8 } from 'node:buffer';
import { NowcastError, messageOf } from '../contracts/errors.js';
import type { TopicName, TopicRecords } from '../contracts/records.js';
import { frameJson, payloadOf, schemaIdOf } from './framing.js';
import { describeViolation, TopicSchemas, type RecordSchema } from './record-schema.js';
import type { Decoded, SchemaCodec } from './schema-codec.js';

/** Where schema ids come from: a registry, or a local file. */
export interface SchemaIdSource {
  /** Ids of the topics' current schemas; registers those that are new. */
  register(schemas: ReadonlyMap<TopicName, RecordSchema>): Promise<ReadonlyMap<TopicName, number>>;
  /** The schema of an id; null when nobody knows it. */
  find(id: number): Promise<RecordSchema | null>;
}

/** The codec of both drivers; they differ in the source of ids alone. */
export class JsonSchemaCodec implements SchemaCodec {
  private readonly topicSchemas = new TopicSchemas();
  private readonly topicIds = new Map<TopicName, number>();
  private readonly schemasById = new Map<number, RecordSchema>();
  private readonly searches = new Map<number, Promise<void>>();

  constructor(private readonly source: SchemaIdSource) {}

  async register(topics: readonly TopicName[]): Promise<void> {
    const wanted = new Map(
      topics
        .filter((topic) => !this.topicIds.has(topic))
        .map((topic) => [topic, this.topicSchemas.of(topic)]),
    );
    if (wanted.size === 0) return;
    for (const [topic, id] of await this.source.register(wanted)) {
      this.topicIds.set(topic, id);
      this.schemasById.set(id, this.topicSchemas.of(topic));
    }
  }

  async prepare(values: readonly (Uint8Array | null)[]): Promise<void> {
    let searches: Set<Promise<void>> | null = null;
    for (const value of values) {
      const id = value === null ? null : schemaIdOf(value);
      if (id === null || this.schemasById.has(id)) continue;
      (searches ??= new Set()).add(this.search(id));
    }
    if (searches !== null) await Promise.all(searches);
  }

  encode<T extends TopicName>(topic: T, value: TopicRecords[T]): Uint8Array {
    const id = this.topicIds.get(topic);
    if (id === undefined) {
      throw new NowcastError(
        'SCHEMA_UNKNOWN',
        `the schema of topic ${topic} is not registered yet: call register first`,
      );
    }
    const { validate } = this.topicSchemas.of(topic);
    if (!validate(value)) {
      throw new NowcastError('RECORD_INVALID', describeViolation(topic, validate.errors), {
        context: { topic },
      });
    }
    return frameJson(id, JSON.stringify(value));
  }

  decode<T extends TopicName>(topic: T, value: Uint8Array | null): Decoded<TopicRecords[T]> {
    if (value === null) return undecodable(topic, 'it has no value (a tombstone)');
    const id = schemaIdOf(value);
    if (id === null)
      return undecodable(topic, `${value.length} bytes that do not begin with byte 0 and a schema id`);
    const written = this.schemasById.get(id);
    if (written === undefined) {
      const message = `record of topic ${topic}: schema id ${id} is unknown, so it was written through another registry`;
      return { ok: false, code: 'SCHEMA_UNKNOWN', message };
    }
    return this.decodeJson(topic, payloadOf(value), written);
  }

  private decodeJson<T extends TopicName>(
    topic: T,
    payload: Buffer,
    written: RecordSchema,
  ): Decoded<TopicRecords[T]> {
    if (!isUtf8(payload)) return undecodable(topic, 'its payload is not UTF-8');
    let parsed: unknown;
    try {
      parsed = JSON.parse(payload.toString('utf8'));
    } catch (error) {
      return undecodable(topic, `its payload is not JSON: ${messageOf(error)}`);
    }
    const current = this.topicSchemas.of(topic);
    // An older version of this topic's schema judges its own records; a foreign schema says nothing about them.
    const { validate } = written.schemaId === current.schemaId ? written : current;
    if (!validate(parsed)) {
      return { ok: false, code: 'RECORD_INVALID', message: describeViolation(topic, validate.errors) };
    }
    return { ok: true, value: parsed as TopicRecords[T] };
  }

  /** One request for an id, however many batches ask at once. */
  private search(id: number): Promise<void> {
    const running = this.searches.get(id);
    if (running !== undefined) return running;
    const search = this.source
      .find(id)
      .then((schema) => {
        if (schema !== null) this.schemasById.set(id, schema);
      })
      .finally(() => this.searches.delete(id));
    this.searches.set(id, search);
    return search;
  }
}

function undecodable(
  topic: string,
  what: string,
): { ok: false; code: 'RECORD_UNDECODABLE'; message: string } {
  return {
    ok: false,
    code: 'RECORD_UNDECODABLE',
    message: `record of topic ${topic} cannot be decoded: ${what}`,
  };
}
