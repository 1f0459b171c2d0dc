import { messageOf } from '../contracts/errors.js';
import { DAY_MS, HOUR_MS } from '../contracts/time.js';
import type { HistoryStore, OperatorError, TimeRange } from './history-store.js';
import { comparableHorizon, operatorErrors, type Curve } from './operator-errors.js';

const EVERY_MS = 10 * 60_000;
/** Looked at when the service has begun; from then on what corrections may still reach. */
const FIRST_SPAN_MS = 8 * DAY_MS;
const NEXT_SPAN_MS = 26 * HOUR_MS;
const EVER = { fromMs: 0, toMs: Date.UTC(2200, 0, 1) };

/** What must be known of a zone. */
export interface ScoredZone {
  readonly stepMs: number;
  /** Rising. */
  readonly horizonsMinutes: readonly number[];
}

export interface OperatorScorerOptions {
  readonly history: HistoryStore;
  readonly zones: () => readonly string[];
  readonly profileOf: (zone: string) => ScoredZone;
  /** Told why a round was left out; the next one looks at the same time again. */
  readonly onLost: (message: string) => void;
}

/**
 * Writes to the history how far operators' forecasts and our own nowcasts were off in the same intervals, each ten minutes.
 * It reads the history itself, as InfluxDB cannot bring two measurements together in a query.
 */
export class OperatorScorer {
  private timer: NodeJS.Timeout | null = null;
  private scoring: Promise<void> = Promise.resolve();
  private readonly begun = new Set<string>();

  constructor(private readonly options: OperatorScorerOptions) {}

  start(): void {
    this.timer = setInterval(() => void this.score(), EVERY_MS);
    void this.score();
  }

  /** One round over all zones; resolves once it is written or given up. */
  score(): Promise<void> {
    this.scoring = this.scoring.then(() => this.round()).catch(this.lost);
    return this.scoring;
  }

  async close(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.scoring;
  }

  private readonly lost = (error: unknown): void => {
    this.options.onLost(`operators' forecasts could not be scored: ${messageOf(error)}`);
  };

  private async round(): Promise<void> {
    const { history, zones } = this.options;
    for (const zone of zones()) {
      const errors = await this.errorsOf(zone);
      if (errors.length === 0) continue;
      await history.write({ operatorErrors: errors });
      this.begun.add(zone);
    }
  }

  /** Up to the newest demand, so that a replay of old data is scored as well. */
  private async errorsOf(zone: string): Promise<OperatorError[]> {
    const { history, profileOf } = this.options;
    const newest = (await history.demand(zone, { ...EVER, limit: 1 })).at(-1);
    if (newest === undefined) return [];
    const { stepMs, horizonsMinutes } = profileOf(zone);
    const toMs = newest.timeMs + stepMs;
    const range = { fromMs: toMs - (this.begun.has(zone) ? NEXT_SPAN_MS : FIRST_SPAN_MS), toMs };
    const forecasts = await history.demandForecasts(zone, range);
    if (forecasts.length === 0) return [];
    const horizons = new Set(forecasts.map((forecast) => comparableHorizon(forecast, horizonsMinutes)));
    const nowcasts = new Map<number, Curve>();
    for (const horizon of horizons)
      if (horizon !== null) nowcasts.set(horizon, await this.nowcastCurve(zone, horizon, range));
    const demand = await history.demand(zone, range);
    const actual = new Map(demand.map(({ timeMs, demandMw }) => [timeMs, demandMw]));
    return operatorErrors({ zone, stepMs, horizonsMinutes, forecasts, actual, nowcasts });
  }

  private async nowcastCurve(zone: string, horizonMinutes: number, range: TimeRange): Promise<Curve> {
    const points = await this.options.history.nowcasts(zone, horizonMinutes, range);
    return new Map(points.map(({ timeMs, mw }) => [timeMs, mw]));
  }
}
