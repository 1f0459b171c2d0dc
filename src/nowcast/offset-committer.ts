import { performance } from 'node:perf_hooks';
import { messageOf } from '../contracts/errors.js';
import type { Subscription } from '../log/event-log.js';
import type { Logger } from '../ops/logger.js';
import type { LanePosition } from './lanes.js';
import { encodeNote } from './restore.js';

const COMMIT_EVERY_MS = 500;

/**
 * Commits how far the stream has come, at most twice a second: what is not committed yet is recognised in the nowcasts
 * topic when it is read again, so rare commits cost nothing but a short repeat.
 */
export class OffsetCommitter {
  private positions: readonly LanePosition[] = [];
  private nowcastsEnd = 0;
  private committedAtMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly subscription: () => Subscription | undefined,
    private readonly retry: (action: () => Promise<void>) => Promise<void>,
    private readonly logger: Logger,
  ) {}

  /** What may be committed from now on. @param nowcastsEnd end of the nowcasts topic after these positions */
  note(positions: readonly LanePosition[], nowcastsEnd: number): void {
    this.positions = positions;
    this.nowcastsEnd = nowcastsEnd;
  }

  /** Commits if the last commit is long enough ago, otherwise a little later. */
  async commitIfDue(): Promise<void> {
    const dueInMs = this.committedAtMs + COMMIT_EVERY_MS - performance.now();
    if (dueInMs <= 0) {
      await this.retry(() => this.commit());
      return;
    }
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.commitOnce();
    }, dueInMs);
  }

  /** Tries once, at the end or when partitions are being taken away; a failure is only told. */
  async commitOnce(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    try {
      await this.commit();
    } catch (error) {
      this.logger.warn(`could not commit, the next reader goes over it again: ${messageOf(error)}`);
    }
  }

  private async commit(): Promise<void> {
    const subscription = this.subscription();
    const { positions, nowcastsEnd } = this;
    if (subscription === undefined || positions.length === 0) return;
    this.committedAtMs = performance.now();
    await subscription.commit(
      positions.map(({ topic, partition, offset, asOfMs }) => ({
        topic,
        partition,
        offset,
        ...(Number.isFinite(asOfMs) ? { metadata: encodeNote({ nowcastsEnd, asOfMs }) } : {}),
      })),
    );
  }
}
