import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, told from every other, also on other machines and after it has ended. */
export interface ProcessIdentity {
  readonly id: string;
  readonly host: string;
  /** Processes with the same text share process ids; empty where the system does not say. */
  readonly machine: string;
  readonly processId: number;
  /** Tells a process from a later one with the same id; empty where the system does not say. */
  readonly processStart: string;
}

/** @returns the identity of this process with an id of its own for every call */
export function newIdentity(): ProcessIdentity {
  return {
    id: randomUUID(),
    host: hostname(),
    machine: machine(),
    processId: process.pid,
    processStart: startOf(process.pid) ?? '',
  };
}

/** True only when it is certain: the process was on this machine and is not there any more. */
export function hasEnded({ machine: where, processId, processStart }: ProcessIdentity): boolean {
  if (where === '' || where !== machine()) return false;
  try {
    process.kill(processId, 0);
  } catch (error) {
    // EPERM: it lives, but belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return true;
  }
  const start = startOf(processId);
  return start !== null && processStart !== '' && start !== processStart;
}

/** Boot and namespace of process ids: containers of one machine do not see each other's processes. */
function machine(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** Start time of a process in clock ticks since boot (field 22 of /proc/<pid>/stat); null where there is no /proc. */
function startOf(processId: number): string | null {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
