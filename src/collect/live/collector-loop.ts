import { MINUTE_MS } from '../../contracts/time.js';
import type { Pacer } from '../../sources/http/host-turns.js';
import { SourceError } from '../../sources/source-error.js';
import type { Collector, RoundReport } from './round.js';

export interface LoopOptions {
  readonly collectors: readonly Collector[];
  readonly pacer: Pacer;
  /** 0 .. 1. */
  readonly random?: () => number;
  /** Told of a round and when the next one is. */
  readonly onRound: (collector: Collector, report: RoundReport, nextAtMs: number) => void;
  /** Told of a source that failed and when it is asked again; other errors end the loop. */
  readonly onFailure: (collector: Collector, error: SourceError, retryAtMs: number) => void;
}

interface Due {
  readonly collector: Collector;
  atMs: number;
  failures: number;
}

/** Rounds are spread by up to this share of their period, so that many installations do not ask at once. */
const JITTER_SHARE = 0.1;
const FIRST_RETRY_MS = MINUTE_MS;
const LONGEST_RETRY_MS = 15 * MINUTE_MS;

/** Runs the collectors of one source, one after another, each on its own schedule. */
export class CollectorLoop {
  private readonly due: Due[];

  constructor(private readonly options: LoopOptions) {
    const nowMs = options.pacer.nowMs();
    this.due = options.collectors.map((collector) => ({ collector, atMs: nowMs, failures: 0 }));
  }

  /** Runs what is due. @returns when the next one is; Infinity for never */
  async runDue(signal: AbortSignal): Promise<number> {
    for (const entry of this.due) {
      if (!signal.aborted && entry.atMs <= this.options.pacer.nowMs()) await this.runOne(entry, signal);
    }
    return Math.min(...this.due.map(({ atMs }) => atMs));
  }

  /** Until the signal aborts. @throws what is no trouble of a source, such as a log that cannot be written */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const nextMs = await this.runDue(signal);
      if (!Number.isFinite(nextMs)) return;
      await this.options.pacer.sleep(Math.max(0, nextMs - this.options.pacer.nowMs()), signal);
    }
  }

  private async runOne(entry: Due, signal: AbortSignal): Promise<void> {
    const { pacer, onRound, onFailure, random = Math.random } = this.options;
    const { collector } = entry;
    try {
      const report = await collector.round(pacer.nowMs());
      entry.failures = 0;
      entry.atMs = pacer.nowMs() + collector.everyMs * (1 + JITTER_SHARE * (random() - 0.5));
      onRound(collector, report, entry.atMs);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof SourceError)) throw error;
      entry.atMs = pacer.nowMs() + this.waitAfter(entry, error);
      onFailure(collector, error, entry.atMs);
    }
  }
  /** A source that is left alone was not asked, so the wait for it does not grow: it is asked once that is over. */
  private waitAfter(entry: Due, { kind, retryAfterMs }: SourceError): number {
    if (kind === 'circuit_open' && retryAfterMs !== null) return retryAfterMs;
    const backoffMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(entry.failures, 10));
    entry.failures++;
    return Math.max(Math.min(backoffMs, entry.collector.everyMs * 3), retryAfterMs ?? 0);
  }
}
