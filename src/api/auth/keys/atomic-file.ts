import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, realpath, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileProblem } from '../../../contracts/file-problem.js';
import { NowcastError } from '../../../contracts/errors.js';

const OWNER_ONLY = 0o600;
const LOCK_WAIT_MS = 5_000;
const LOCK_RETRY_MS = 20;
/** Changing a small file takes milliseconds: a lock this old is of a process that died. */
const LOCK_STALE_MS = 15_000;

/**
 * Replaces a file as a whole: a reader sees the old or the new one, never a part, and after a crash one of them is
 * there. Readable by its owner alone.
 * @throws NowcastError STORAGE_FAILED
 */
export async function writeAtomically(file: string, text: string): Promise<void> {
  try {
    const target = await realpath(file).catch(() => file);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    const temporary = temporaryBeside(target);
    const handle = await open(temporary, 'wx', OWNER_ONLY);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    throw new NowcastError('STORAGE_FAILED', `cannot write ${file}: ${fileProblem(error)}`, { cause: error });
  }
}

/**
 * Runs a change while no other process changes the file.
 * @throws NowcastError STORAGE_FAILED when another process holds it for too long
 */
export async function withLock<R>(file: string, change: () => Promise<R>): Promise<R> {
  const lock = `${file}.lock`;
  const token = await takeLock(lock, file);
  try {
    return await change();
  } finally {
    // Not that of somebody who took this one for dead.
    if ((await readFile(lock, 'utf8').catch(() => '')) === token) await rm(lock, { force: true });
  }
}

async function takeLock(lock: string, file: string): Promise<string> {
  const token = `${process.pid} ${randomBytes(8).toString('hex')}`;
  const temporary = temporaryBeside(lock);
  try {
    await mkdir(path.dirname(lock), { recursive: true, mode: 0o700 });
    await writeFile(temporary, token, { mode: OWNER_ONLY });
  } catch (error) {
    throw new NowcastError('STORAGE_FAILED', `cannot write beside ${file}: ${fileProblem(error)}`, {
      cause: error,
    });
  }
  try {
    for (let waitedMs = 0; waitedMs < LOCK_WAIT_MS; waitedMs += LOCK_RETRY_MS) {
      // `link` creates only where nothing is, with its content in it from the first moment.
      const taken = await link(temporary, lock).then(
        () => true,
        () => false,
      );
      if (taken) return token;
      const age = await stat(lock).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > LOCK_STALE_MS) await unlink(lock).catch(() => undefined);
      await sleep(LOCK_RETRY_MS);
    }
  } finally {
    await rm(temporary, { force: true });
  }
  throw new NowcastError('STORAGE_FAILED', `another process is changing ${file}; if none is, delete ${lock}`);
}

function temporaryBeside(file: string): string {
  const unique = `${process.pid}-${randomBytes(4).toString('hex')}`;
  return path.join(path.dirname(file), `.${path.basename(file)}.${unique}`);
}
