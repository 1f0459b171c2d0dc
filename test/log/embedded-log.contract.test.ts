import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '../../src/log/event-log.js';
import { openEmbeddedLog } from '../../src/log/embedded-log.js';
import { describeEventLogContract } from '../contract/event-log-contract.js';

describeEventLogContract(
  'embedded',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'nowcast-log-'));
    const logs: EventLog[] = [];
    const reopen = async (): Promise<EventLog> => {
      const log = await openEmbeddedLog({ dir });
      logs.push(log);
      return log;
    };
    return {
      log: await reopen(),
      reopen,
      cleanup: async () => {
        for (const log of logs) await log.close();
        await rm(dir, { recursive: true, force: true });
      },
    };
  },
  { maintains: true, waitMs: 10_000 },
);
