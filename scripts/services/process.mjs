import { execFileSync, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The first executable of that name on the PATH, or null. */
export function findOnPath(name) {
  for (const dir of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(dir, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not in this directory: look on
    }
  }
  return null;
}

/**
 * Starts a server that outlives this script: own session, output to a file, no pipe to us.
 * @returns {import('node:child_process').ChildProcess}
 */
export function startDetached(command, args, { cwd, env, logFile }) {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  return child;
}

export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * When the process started, as an opaque text: with the pid it names one process for good, as pids are used again.
 * Null when there is no such process (or only its zombie).
 */
export function startTimeOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command may hold spaces and brackets, so fields are counted after its last bracket: state is the 3rd, start time the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return process.platform === 'linux' ? null : startTimeFromPs(pid);
  }
}

function startTimeFromPs(pid) {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

/** True while the recorded process itself still runs. */
export function isRunning({ pid, startedAt }) {
  return startTimeOf(pid) === startedAt;
}

/** Ends the recorded process: politely, then after `graceMs` by force. Never touches another process that got its pid. */
export async function stopProcess(recorded, graceMs = 15_000) {
  if (!isRunning(recorded)) return 'not running';
  process.kill(recorded.pid, 'SIGTERM');
  if (await waitUntilGone(recorded, graceMs)) return 'ended';
  process.kill(recorded.pid, 'SIGKILL');
  await waitUntilGone(recorded, 5_000);
  return 'ended by force';
}

async function waitUntilGone(recorded, withinMs) {
  const deadline = Date.now() + withinMs;
  while (isRunning(recorded)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return true;
}
