import { readFileSync } from 'node:fs';
import { toIso } from '../../../contracts/time.js';
import { writeAtomically } from './atomic-file.js';

/** Key id → when it was last used, ISO 8601 UTC. */
export type KeyUse = Readonly<Record<string, string>>;

/** @returns empty when there is no file, or one that cannot be read: nothing depends on it but a column of a list */
export function readKeyUse(file: string): KeyUse {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null) return {};
    const times = Object.entries(value).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' && !Number.isNaN(Date.parse(entry[1])),
    );
    return Object.fromEntries(times);
  } catch {
    return {};
  }
}

/** Remembers when keys were used, and writes it down now and then rather than with every call. */
export class KeyUsage {
  private readonly pending = new Map<string, number>();

  constructor(private readonly file: string) {}

  used(id: string, atMs: number): void {
    this.pending.set(id, atMs);
  }

  /** When a key was last used, also if that is not written yet. */
  lastUsed(): KeyUse {
    const known = { ...readKeyUse(this.file) };
    for (const [id, atMs] of this.pending) known[id] = later(known[id], atMs);
    return known;
  }

  /** @throws NowcastError STORAGE_FAILED; what could not be written is tried again the next time */
  async save(): Promise<void> {
    if (this.pending.size === 0) return;
    const saved = new Map(this.pending);
    await writeAtomically(this.file, `${JSON.stringify(this.lastUsed(), null, 2)}\n`);
    for (const [id, atMs] of saved) if (this.pending.get(id) === atMs) this.pending.delete(id);
  }
}

/** Two servers of one data directory write the same file: the later use counts. */
function later(known: string | undefined, atMs: number): string {
  return toIso(known === undefined ? atMs : Math.max(Date.parse(known), atMs));
}
