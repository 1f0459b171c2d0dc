import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, openSync, closeSync, fsyncSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { NowcastError, messageOf } from '../contracts/errors.js';
import type { TopicName } from '../contracts/records.js';
import { storageError } from './embedded/storage-errors.js';
import { JsonSchemaCodec, type SchemaIdSource } from './json-schema-codec.js';
import { recordSchemaOf, type RecordSchema } from './record-schema.js';
import type { SchemaCodec } from './schema-codec.js';

const FILE = 'schemas.json';
const MAX_ATTEMPTS = 50;

interface StoredSchema {
  readonly id: number;
  readonly subject: string;
  readonly schema: string;
}

/**
 * Opens the codec whose schema ids live in `<dir>/schemas.json`, with the schema texts, so that records stay decodable
 * after a schema changes. Several processes may open it: an id follows from subject and text alone.
 * @throws NowcastError STORAGE_FAILED when the file cannot be read
 */
export async function openLocalCodec({ dir }: { dir: string }): Promise<SchemaCodec> {
  return new JsonSchemaCodec(new LocalSchemaIds(dir));
}

class LocalSchemaIds implements SchemaIdSource {
  constructor(private readonly dir: string) {
    this.load();
  }

  async register(schemas: ReadonlyMap<TopicName, RecordSchema>): Promise<ReadonlyMap<TopicName, number>> {
    const ids = new Map<TopicName, number>();
    // Another process may replace the file between our reading and our renaming; then ours are missing, and we go again.
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const stored = this.load();
      const missing: StoredSchema[] = [];
      for (const [topic, { text }] of schemas) {
        const subject = `${topic}-value`;
        const known = [...stored.values()].find((each) => each.subject === subject && each.schema === text);
        const id = known?.id ?? freeId(subject, text, stored);
        ids.set(topic, id);
        if (known !== undefined) continue;
        const added = { id, subject, schema: text };
        stored.set(id, added);
        missing.push(added);
      }
      if (missing.length === 0) return ids;
      this.save([...stored.values()]);
    }
    throw new NowcastError(
      'STORAGE_FAILED',
      `${join(this.dir, FILE)} keeps changing: is another program writing it?`,
      {
        retriable: true,
      },
    );
  }

  async find(id: number): Promise<RecordSchema | null> {
    const stored = this.load().get(id);
    return stored === undefined ? null : recordSchemaOf(stored.schema);
  }

  private load(): Map<number, StoredSchema> {
    const path = join(this.dir, FILE);
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
      throw storageError(error, this.dir);
    }
    try {
      const { schemas } = JSON.parse(text) as { schemas: StoredSchema[] };
      return new Map(schemas.map((each) => [each.id, each]));
    } catch (error) {
      throw new NowcastError(
        'STORAGE_FAILED',
        `${path} is damaged (${messageOf(error)}): restore it from a backup; without it, records in the log cannot be decoded`,
        { cause: error },
      );
    }
  }

  /** Replaces the file at once, and only after its bytes are on the disk. */
  private save(schemas: readonly StoredSchema[]): void {
    const path = join(this.dir, FILE);
    const temporary = `${path}.${randomUUID()}`;
    try {
      mkdirSync(this.dir, { recursive: true });
      const file = openSync(temporary, 'wx');
      try {
        writeSync(file, `${JSON.stringify({ schemas }, null, 2)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
    } catch (error) {
      throw storageError(error, this.dir);
    }
  }
}

/** A positive 31-bit id from subject and text; the next free one should two ever collide. */
function freeId(subject: string, text: string, taken: ReadonlyMap<number, StoredSchema>): number {
  const hash = createHash('sha256').update(subject).update('\0').update(text).digest();
  let id = hash.readUInt32BE(0) & 0x7fffffff;
  while (taken.has(id)) id = (id + 1) & 0x7fffffff;
  return id;
}
