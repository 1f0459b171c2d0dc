import { toIso } from '../../contracts/time.js';
import type { HealthRegistry } from '../../ops/health.js';
import type { Logger } from '../../ops/logger.js';
import type { Metrics } from '../../ops/metrics.js';
import type { SourceError } from '../../sources/source-error.js';
import type { Collector, RoundReport } from './round.js';

/** Keeps what is known of each source where operators look: readiness checks, metrics and the log. */
export class SourceHealth {
  private readonly lastOk = new Map<string, number>();
  private readonly failing = new Set<string>();

  constructor(
    private readonly health: HealthRegistry,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
    private readonly nowMs: () => number,
  ) {}

  onRequest(source: string, outcome: string, seconds: number): void {
    this.metrics.sourceRequestsTotal.inc({ source, outcome });
    this.metrics.sourceRequestSeconds.observe({ source }, seconds);
  }

  onRound({ name }: Collector, { published, revised, problems }: RoundReport): void {
    const nowMs = this.nowMs();
    this.lastOk.set(name, nowMs);
    this.metrics.sourceLastSuccess.set({ source: name }, nowMs / 1000);
    const [first] = problems;
    const left =
      first === undefined ? '' : `; ${problems.length} rows left out, first ${first.where}: ${first.reason}`;
    this.report(name, true, `answered at ${toIso(nowMs)}${left}`);
    if (this.failing.delete(name)) this.logger.info(`${name} answers again`);
    if (published > 0) this.logger.debug({ source: name, published, revised }, 'collected');
  }

  onFailure({ name }: Collector, error: SourceError, retryAtMs: number): void {
    const lastMs = this.lastOk.get(name);
    const since =
      lastMs === undefined ? 'it has not answered since the start' : `last answer ${toIso(lastMs)}`;
    const detail = `${error.message}; ${since}; asked again at ${toIso(retryAtMs)}; what is in the store is served meanwhile`;
    this.report(name, false, detail);
    if (this.failing.has(name)) return;
    this.failing.add(name);
    this.logger.warn(`${name}: ${detail}`);
  }

  private report(name: string, ok: boolean, detail: string): void {
    this.health.report(`source ${name}`, { ok, detail });
  }
}
