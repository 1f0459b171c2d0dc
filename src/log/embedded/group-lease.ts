import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { NowcastError } from '../../contracts/errors.js';
import type { LogEnvironment } from './environment.js';
import type { LogWriter } from './log-writer.js';

interface Lease {
  readonly owner: string;
  readonly processId: number;
  /** Tells a process from a later one with the same id; empty where the system does not say. */
  readonly processStart: string;
}

const openOwners = new Set<string>();

/**
 * Members of one group may live in one process only, since nothing coordinates them across processes: two would both
 * get every partition. A group is held until its last member leaves or its process ends, however it ends.
 */
export class GroupLeases {
  private readonly owner = randomUUID();

  constructor(
    private readonly environment: LogEnvironment,
    private readonly writer: LogWriter,
  ) {
    openOwners.add(this.owner);
  }

  /** @throws NowcastError LOG_LOCKED (retriable) while a live process has members in the group */
  async acquire(group: string): Promise<void> {
    await this.writer.write((staged) => {
      const lease = staged.get('groups', ['lease', group]) as Lease | undefined;
      if (lease !== undefined && lease.owner !== this.owner && isAlive(lease)) {
        throw new NowcastError(
          'LOG_LOCKED',
          `consumer group "${group}" of the log in ${this.environment.dir} is in use by process ${lease.processId}: ` +
            'stop that one, or use another data directory; several processes can share a group only over Kafka',
          { retriable: true, context: { group, processId: lease.processId } },
        );
      }
      const processStart = startOf(process.pid) ?? '';
      staged.put('groups', ['lease', group], {
        owner: this.owner,
        processId: process.pid,
        processStart,
      } satisfies Lease);
    });
  }

  async release(group: string): Promise<void> {
    await this.writer.write((staged) => {
      const lease = staged.get('groups', ['lease', group]) as Lease | undefined;
      if (lease?.owner === this.owner) staged.remove('groups', ['lease', group]);
    });
  }

  close(): void {
    openOwners.delete(this.owner);
  }
}

function isAlive({ owner, processId, processStart }: Lease): boolean {
  if (processId === process.pid && processStart === (startOf(process.pid) ?? ''))
    return openOwners.has(owner);
  try {
    process.kill(processId, 0);
  } catch (error) {
    // EPERM: it lives, but belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const start = startOf(processId);
  return start === null || processStart === '' || start === processStart;
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
