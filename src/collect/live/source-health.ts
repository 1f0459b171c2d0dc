import { toIso } from '../../contracts/time.js';
import type { HealthRegistry } from '../../ops/health.js';
import type { Logger } from '../../ops/logger.js';
import type { Metrics } from '../../ops/metrics.js';
import type { SourceBoard } from '../../ops/source-board.js';
import type { SourceError } from '../../sources/source-error.js';
import type { Collector, RoundReport } from './round.js';

export interface SourceHealthParts {
  readonly health: HealthRegistry;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly board: SourceBoard;
  readonly nowMs: () => number;
}

/** Keeps what is known of each source where operators look: readiness checks, status, metrics and the log. */
export class SourceHealth {
  constructor(private readonly parts: SourceHealthParts) {}

  onRequest(source: string, outcome: string, seconds: number): void {
    const { metrics, board, nowMs } = this.parts;
    metrics.sourceRequestsTotal.inc({ source, outcome });
    metrics.sourceRequestSeconds.observe({ source }, seconds);
    board.noteRequest(source, outcome, seconds, nowMs());
  }

  onRound({ name }: Collector, { published, revised, problems }: RoundReport, nextAttemptMs: number): void {
    const { metrics, logger, board } = this.parts;
    const nowMs = this.parts.nowMs();
    const wasFailing = board.collector(name)?.ok === false;
    metrics.sourceLastSuccess.set({ source: name }, nowMs / 1000);
    const [first] = problems;
    const left =
      first === undefined ? '' : `; ${problems.length} rows left out, first ${first.where}: ${first.reason}`;
    const detail = `answered at ${toIso(nowMs)}${left}`;
    this.report({ name, ok: true, detail, lastSuccessMs: nowMs, failures: 0, nextAttemptMs });
    if (wasFailing) logger.info(`${name} answers again`);
    if (published > 0) logger.debug({ source: name, published, revised }, 'collected');
  }

  onFailure({ name }: Collector, error: SourceError, nextAttemptMs: number): void {
    const before = this.parts.board.collector(name);
    const lastSuccessMs = before?.lastSuccessMs ?? null;
    const since =
      lastSuccessMs === null ? 'it has not answered since the start' : `last answer ${toIso(lastSuccessMs)}`;
    const detail = `${error.message}; ${since}; asked again at ${toIso(nextAttemptMs)}; what is in the store is served meanwhile`;
    const failures = (before?.failures ?? 0) + 1;
    this.report({ name, ok: false, detail, lastSuccessMs, failures, nextAttemptMs });
    if (before?.ok !== false) this.parts.logger.warn(`${name}: ${detail}`);
  }

  private report(state: Parameters<SourceBoard['noteCollector']>[0]): void {
    const { health, board } = this.parts;
    board.noteCollector(state);
    health.report(`source ${state.name}`, { ok: state.ok, detail: state.detail });
  }
}
