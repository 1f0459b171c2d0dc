/**
 * The one suite that both EventLog drivers must pass.
 *
 *   describeEventLogContract(name, open, capabilities)
 *
 * - `open()` gives a log that is ready, `reopen` (a further handle on the SAME stored log, as a restarted process would
 *   get; the suite closes the first handle before it calls it) and `cleanup` (closes every handle that is still open and
 *   removes what open() made). It is called once for the suite and once for each test that closes its log.
 * - Every test uses topic and group names of its own, so a shared broker will do; no test assumes that offsets start at
 *   0, that nothing else lives in the log, or that anything happens quickly. Timestamps lie in the past (brokers refuse
 *   those of the future).
 * - `capabilities.maintains`: maintain() itself deletes by retention and compaction (on Kafka the broker does it later).
 * - `capabilities.waitMs`: how long a condition may take to become true (default 30 000).
 *
 * The test cases live in event-log-contract/: one file for the log itself, one for single subscriptions, one for groups.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import type { EventLog } from '../../src/log/event-log.js';
import { groupCases } from './event-log-contract/groups.js';
import { lifecycleCases } from './event-log-contract/lifecycle.js';
import { maintenanceCases } from './event-log-contract/maintenance.js';
import { storageCases } from './event-log-contract/storage.js';
import { subscriptionCases } from './event-log-contract/subscriptions.js';
import { ContractBench } from './event-log-contract/bench.js';

export interface OpenedEventLog {
  readonly log: EventLog;
  /** A further handle on the same stored log; the caller has closed the first one. */
  readonly reopen: () => Promise<EventLog>;
  readonly cleanup: () => Promise<void>;
}

export interface EventLogCapabilities {
  /** maintain() deletes by itself; false where a broker does it in its own time. */
  readonly maintains: boolean;
  /** Upper bound of any wait for a condition. Default 30 000 ms. */
  readonly waitMs?: number;
}

export type OpenEventLog = () => Promise<OpenedEventLog>;

/** Declares the contract's tests for one driver; call it at the top level of a test file. */
export function describeEventLogContract(
  name: string,
  open: OpenEventLog,
  capabilities: EventLogCapabilities,
): void {
  describe(`EventLog contract: ${name}`, () => {
    let opened: OpenedEventLog | null = null;
    const bench = new ContractBench(() => {
      if (opened === null) throw new Error('the log is not open yet');
      return opened.log;
    }, capabilities.waitMs ?? 30_000);

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.cleanup();
    });

    describe('storage', () => storageCases(bench));
    describe('subscriptions', () => subscriptionCases(bench));
    describe('groups', () => groupCases(bench));
    describe('lifecycle', () => lifecycleCases(bench, open));
    if (capabilities.maintains) describe('maintenance', () => maintenanceCases(bench));
  });
}
