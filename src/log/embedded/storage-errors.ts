import { statfsSync } from 'node:fs';
import { NowcastError, messageOf } from '../../contracts/errors.js';

/** Below this much free space nothing more is written: LMDB needs room for the copies of the pages that it changes. */
export const MIN_FREE_BYTES = 16 * 1024 * 1024;

const FULL = /MDB_MAP_FULL|ENOSPC|EDQUOT|EFBIG|No space left|Disk quota|File too large|mapsize reached/i;

/** Free bytes of the file system that holds the folder, for this user. */
export function freeBytesOf(dir: string): number {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
}

/** The error for a full disk: what, where, what to do. */
export function storageFull(dir: string, cause?: unknown): NowcastError {
  return new NowcastError(
    'STORAGE_FULL',
    `no space left to write to the log in ${dir}: free some space there or move the data directory, then go on; ` +
      'nothing that was acknowledged is lost',
    { retriable: true, cause, context: { dir } },
  );
}

/** Refuses a write of about `writeBytes` while the disk cannot take it. */
export function assertFreeSpace(dir: string, writeBytes: number, freeBytes: number): void {
  if (freeBytes < MIN_FREE_BYTES + 2 * writeBytes) throw storageFull(dir);
}

/** What LMDB or the file system threw, as the product's error. */
export function storageError(error: unknown, dir: string): NowcastError {
  if (error instanceof NowcastError) return error;
  if (FULL.test(messageOf(error)) || isDiskFull(dir)) return storageFull(dir, error);
  return new NowcastError(
    'STORAGE_FAILED',
    `the log in ${dir} cannot be read or written (${messageOf(error)}): check that the folder exists, belongs to this ` +
      'user and that the disk is healthy',
    { cause: error, context: { dir } },
  );
}

/** LMDB reports a short write as a plain input/output error; only the free space tells it from a broken disk. */
function isDiskFull(dir: string): boolean {
  try {
    return freeBytesOf(dir) < 1024 * 1024;
  } catch {
    return false;
  }
}
