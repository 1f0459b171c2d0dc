import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import { messageOf, NowcastError } from '../contracts/errors.js';
import { NameDictionary } from './name-dictionary.js';
import { seriesKey } from './series-key.js';

type Table = Database<Buffer, Buffer>;

const REMOVE_BATCH = 5_000;
/** A path of 58 steps takes 1.7 kB: 4 kB pages hold only one, 16 kB pages hold nine and halve the file. */
const PAGE_BYTES = 16_384;
const TABLES = ['demand', 'weather', 'forecasts', 'supply', 'paths', 'accuracy', 'pipeline'] as const;

/** The LMDB environment of the embedded history and its tables, keyed by `seriesKey`. */
export class EmbeddedTables {
  private lastPut: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly root: RootDatabase,
    readonly names: NameDictionary,
    readonly demand: Table,
    readonly weather: Table,
    readonly forecasts: Table,
    readonly supply: Table,
    readonly paths: Table,
    readonly accuracy: Table,
    readonly pipeline: Table,
  ) {}

  /** @throws NowcastError STORAGE_FAILED or STORAGE_FULL naming the directory */
  static open(dir: string): EmbeddedTables {
    try {
      const root = open({ path: dir, maxDbs: TABLES.length + 1, pageSize: PAGE_BYTES });
      const names = root.openDB<string, number>('names', { keyEncoding: 'uint32', encoding: 'string' });
      const table = (name: (typeof TABLES)[number]): Table =>
        root.openDB<Buffer, Buffer>(name, { keyEncoding: 'binary', encoding: 'binary' });
      return new EmbeddedTables(
        root,
        new NameDictionary(names),
        table('demand'),
        table('weather'),
        table('forecasts'),
        table('supply'),
        table('paths'),
        table('accuracy'),
        table('pipeline'),
      );
    } catch (error) {
      throw storageError(error, dir);
    }
  }

  /** The tables whose entries are about the time of their key alone. */
  get single(): readonly Table[] {
    return [this.demand, this.weather, this.forecasts, this.supply, this.accuracy, this.pipeline];
  }

  /** Queues one put; LMDB commits in a thread of its own. */
  put(table: Table, key: Buffer, value: Buffer): void {
    this.lastPut = table.put(key, value);
  }

  /** Resolves once every put so far is committed and on disk. */
  async durable(): Promise<void> {
    await this.lastPut;
    await this.root.flushed;
  }

  /**
   * Deletes the entries of a series whose time is before the instant, a few thousand a transaction.
   * @param timeOf when the entry's own time decides instead of its key's
   */
  async removeBefore(
    table: Table,
    series: number,
    beforeMs: number,
    timeOf?: (key: Buffer, value: Buffer) => number,
  ): Promise<void> {
    let start = seriesKey(series, -Infinity);
    const end = seriesKey(series, beforeMs);
    for (;;) {
      const entries = [...table.getRange({ start, end, limit: REMOVE_BATCH })];
      const last = entries.at(-1);
      if (last === undefined) break;
      for (const { key, value } of entries) {
        if (timeOf === undefined || timeOf(key, value) < beforeMs) this.lastPut = table.remove(key);
      }
      await this.lastPut;
      // One byte longer sorts right behind the last key.
      start = Buffer.concat([last.key, Buffer.alloc(1)]);
    }
    await this.root.flushed;
  }

  async close(): Promise<void> {
    await this.lastPut.catch(() => undefined);
    await this.root.close();
  }
}

/** What LMDB or the disk refused, as the product's own error. */
export function storageError(error: unknown, dir: string): NowcastError {
  if (error instanceof NowcastError) return error;
  const reason = messageOf(error);
  if (/ENOSPC|No space left|MDB_MAP_FULL|disk full/i.test(reason)) {
    return new NowcastError(
      'STORAGE_FULL',
      `no space left for the history in ${dir}; free disk space or shorten the retention`,
      {
        cause: error,
        retriable: true,
        context: { dir },
      },
    );
  }
  return new NowcastError('STORAGE_FAILED', `the history in ${dir} cannot be used: ${reason}`, {
    cause: error,
    context: { dir },
  });
}
