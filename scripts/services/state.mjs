import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from './process.mjs';
import { UserError } from './user-error.mjs';

const FILE = 'state.json';
const LOCK = 'up.lock';

/**
 * What was started: name -> { pid, startedAt, ports, env }; `startedAt` tells the process from a later one with the same pid.
 * @param {string} dir
 * @returns {{ services: Record<string, { pid: number, startedAt: string, ports: Record<string, number>, env: Record<string, string> }> }}
 */
export function readState(dir) {
  const file = path.join(dir, FILE);
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return { services: {} };
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${file} is not readable as JSON; end its servers by hand and delete the directory`);
  }
}

/** Writes the state in one step, so that an interrupted write never loses a pid. */
export function writeState(dir, state) {
  const file = path.join(dir, FILE);
  writeFileSync(`${file}.tmp`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${file}.tmp`, file);
}

/** Runs `work` alone in this directory: a second `up` waits for the first one and then finds its servers. */
export async function withLock(dir, work) {
  const file = path.join(dir, LOCK);
  while (!tryLock(file)) await new Promise((resolve) => setTimeout(resolve, 200));
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLock(file) {
  try {
    const fd = openSync(file, 'wx');
    writeSync(fd, String(process.pid));
    closeSync(fd);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (holderIsGone(file)) rmSync(file, { force: true });
    return false;
  }
}

function holderIsGone(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return pid > 0 && !isAlive(pid);
  } catch {
    return false;
  }
}
