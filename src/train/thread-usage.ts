import { readFileSync, readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Number of the calling thread as the system counts threads, or null where it does not say (Linux does). */
function systemThreadId(): number | null {
  try {
    const id = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    return Number.isInteger(id) && id > 0 ? id : null;
  } catch {
    return null;
  }
}

/**
 * Lets the calling thread, and on Linux only this thread, step back for others of the machine.
 * @param niceness 0 (not at all) to 19
 * @returns false where a thread's priority cannot be set
 */
export function lowerThreadPriority(niceness: number): boolean {
  const id = systemThreadId();
  if (id === null || niceness === 0) return false;
  try {
    // Linux schedules threads; setpriority(2) takes the number of one where other systems take a process.
    setPriority(id, niceness);
    return true;
  } catch {
    return false;
  }
}

/** CPU seconds that the calling thread has used so far, or null where the system does not tell. */
export function threadCpuSeconds(): number | null {
  try {
    const [onCpuNs = ''] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ');
    const seconds = Number(onCpuNs) / 1e9;
    return Number.isFinite(seconds) ? seconds : null;
  } catch {
    return null;
  }
}
