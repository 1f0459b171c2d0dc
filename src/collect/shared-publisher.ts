import path from 'node:path';
import { HostTurns, type Pacer } from '../sources/http/host-turns.js';
import type { SourceRecord } from '../sources/input-record.js';
import { SourceError } from '../sources/source-error.js';
import type { Publisher } from './live/round.js';
import type { ObservationPublisher, PublishCounts, RestoreOptions } from './publisher.js';

const LONGEST_TURN_MS = 120_000;

/** Whose turn it is to publish, among the processes that share a data directory. */
export class PublishingTurn {
  private readonly turns: HostTurns;

  constructor(
    dataDir: string,
    pacer: Pacer,
    private readonly signal: AbortSignal,
  ) {
    this.turns = new HostTurns(path.join(dataDir, 'publishing'), pacer);
  }

  /** @throws SourceError when the signal aborted first */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const turn = await this.turns.take('publish', 0, LONGEST_TURN_MS, this.signal);
    if (turn === null) throw new SourceError('network', 'stopped before its turn to publish');
    try {
      return await work();
    } finally {
      turn.release();
    }
  }

  close(): Promise<void> {
    return this.turns.close();
  }
}

/**
 * A publisher beside others: a backfill while the service collects. Each first learns what the others wrote, so that a
 * value that two of them fetched is in the log once, and a correction has the right revision.
 */
export class SharedPublisher implements Publisher {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly publisher: ObservationPublisher,
    private readonly turn: PublishingTurn,
  ) {}

  restore(options: RestoreOptions): Promise<void> {
    return this.publisher.restore(options);
  }

  holds: Publisher['holds'] = (...args) => this.publisher.holds(...args);
  span: Publisher['span'] = (...args) => this.publisher.span(...args);
  newestNotFrom: Publisher['newestNotFrom'] = (...args) => this.publisher.newestNotFrom(...args);

  /** One call at a time within the process, one process at a time beyond it. */
  publish(records: readonly SourceRecord[]): Promise<PublishCounts> {
    if (records.length === 0) return this.publisher.publish(records);
    const mine = this.last.then(() =>
      this.turn.during(async () => {
        await this.publisher.catchUp(records);
        return this.publisher.publish(records);
      }),
    );
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
