import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NowcastError } from '../contracts/errors.js';
import { fileProblem } from '../contracts/file-problem.js';
import { parseIso, toIso } from '../contracts/time.js';

/** A source's first history: from where on, and whether all of it was fetched. */
interface Fill {
  readonly from: string;
  readonly done: boolean;
}

/**
 * Remembers in the data directory which first histories were begun, so that one that was cut off by a restart goes on,
 * and one that was completed is never asked for again, whatever holes the source left in it.
 */
export class InitialFills {
  private readonly file: string;
  private readonly fills: Record<string, Fill>;

  constructor(dataDir: string) {
    this.file = path.join(dataDir, 'initial-fill.json');
    this.fills = this.read();
  }

  /** Where the unfinished fill of a source begins; null when there is none. */
  unfinishedFromMs(source: string): number | null {
    const fill = this.fills[source];
    return fill === undefined || fill.done ? null : parseIso(fill.from);
  }

  /** @throws NowcastError STORAGE_FAILED */
  note(source: string, fromMs: number, done: boolean): void {
    this.fills[source] = { from: toIso(fromMs), done };
    try {
      writeFileSync(`${this.file}.new`, JSON.stringify(this.fills, null, 1) + '\n', { mode: 0o640 });
      renameSync(`${this.file}.new`, this.file);
    } catch (error) {
      throw new NowcastError('STORAGE_FAILED', `${this.file}: ${fileProblem(error)}`, { cause: error });
    }
  }

  /** A file that is not there or not ours to read means that nothing was begun: the worst is to ask again. */
  private read(): Record<string, Fill> {
    try {
      const parsed = JSON.parse(readFileSync(this.file, 'utf8')) as unknown;
      const entries = Object.entries((parsed ?? {}) as Record<string, Partial<Fill>>).filter(
        (entry): entry is [string, Fill] =>
          !Number.isNaN(Date.parse(entry[1].from ?? '')) && typeof entry[1].done === 'boolean',
      );
      return Object.fromEntries(entries);
    } catch {
      return {};
    }
  }
}
