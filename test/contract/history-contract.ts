/**
 * The one suite that both HistoryStore drivers must pass.
 *
 * `open()` gives a store that is open, and `cleanup`, which closes it. Every test uses zones of its own, so one store
 * serves the whole suite and may hold anything else. What retain() does at once and what it leaves to a server differs,
 * so each driver tests that itself.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import type { HistoryStore } from '../../src/history/history-store.js';
import { identityCases } from './history-contract/identity.js';
import { nowcastCases } from './history-contract/nowcasts.js';
import { operatorCases } from './history-contract/operators.js';
import { seriesCases } from './history-contract/series.js';

export interface OpenedHistory {
  readonly store: HistoryStore;
  readonly cleanup: () => Promise<void>;
}

export interface HistoryBench {
  readonly store: () => HistoryStore;
  /** A zone name nobody used yet. */
  readonly zone: (hint?: string) => string;
}

/** Declares the contract's tests for one driver; call it at the top level of a test file. */
export function describeHistoryContract(name: string, open: () => Promise<OpenedHistory>): void {
  describe(`HistoryStore contract: ${name}`, () => {
    let opened: OpenedHistory | null = null;
    let zones = 0;
    const bench: HistoryBench = {
      store: () => {
        if (opened === null) throw new Error('the store is not open yet');
        return opened.store;
      },
      zone: (hint = 'zone') => `${hint}-${(zones += 1)}`,
    };

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.cleanup();
    });

    seriesCases(bench);
    nowcastCases(bench);
    operatorCases(bench);
    identityCases(bench);
  });
}
