import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { open, type Database, type RootDatabase } from 'lmdb';
import { storageError } from './storage-errors.js';

/** Key of the entry in `heads` whose version every write transaction checks and raises. */
export const SEQUENCE_KEY = 'sequence';

/** [low, high, largest timestamp so far or null] of one partition. */
export type StoredHead = [low: number, high: number, maxTimestampMs: number | null];

/** The LMDB databases of an embedded log. Keys: see each. */
export interface LogEnvironment {
  readonly dir: string;
  readonly root: RootDatabase;
  /** [partition id, base offset] -> chunk bytes (chunk-layout.ts) */
  readonly chunks: Database<Buffer, [number, number]>;
  /** partition id -> StoredHead, and SEQUENCE_KEY */
  readonly heads: Database<StoredHead | number, number | string>;
  /** 'epoch' -> uuid, 'nextPartitionId' -> number, ['topic', name] -> StoredTopic */
  readonly meta: Database<unknown, string | [string, string]>;
  /** [group, topic, partition] -> committed offset, [group] -> lease */
  readonly groups: Database<unknown, (string | number)[]>;
}

/**
 * Opens (or creates) the LMDB files of a log in `dir`. The map grows by itself.
 * @throws NowcastError STORAGE_FAILED or STORAGE_FULL naming the folder
 */
export async function openEnvironment(dir: string): Promise<LogEnvironment> {
  try {
    mkdirSync(dir, { recursive: true });
    // Conditional batches are complete transactions already; batching per event turn would only add promises that
    // nobody can handle when a commit fails. overlappingSync stays on: `root.flushed` tells when it is on the disk.
    const root = open({
      path: dir,
      noSubdir: false,
      maxDbs: 8,
      encoding: 'binary',
      eventTurnBatching: false,
    });
    const environment: LogEnvironment = {
      dir,
      root,
      chunks: root.openDB({ name: 'chunks', encoding: 'binary' }),
      heads: root.openDB({ name: 'heads', encoding: 'msgpack', useVersions: true }),
      meta: root.openDB({ name: 'meta', encoding: 'msgpack' }),
      groups: root.openDB({ name: 'groups', encoding: 'msgpack' }),
    };
    await initialise(environment);
    return environment;
  } catch (error) {
    throw storageError(error, dir);
  }
}

/** Gives a new log its identity; of several processes that create it at once, one wins. */
async function initialise({ root, heads, meta }: LogEnvironment): Promise<void> {
  if (heads.doesExist(SEQUENCE_KEY)) return;
  await heads.ifNoExists(SEQUENCE_KEY, () => {
    void meta.put('epoch', randomUUID());
    void meta.put('nextPartitionId', 1);
    void heads.put(SEQUENCE_KEY, 0, 1);
  });
  await root.flushed;
  root.resetReadTxn();
}
