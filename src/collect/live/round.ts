import { toIso } from '../../contracts/time.js';
import type { SourceProblem } from '../../sources/parsed.js';
import type { SourceRecord } from '../../sources/input-record.js';
import type { ObservationPublisher, PublishCounts } from '../publisher.js';

/** What one round of a collector brought. */
export interface RoundReport extends PublishCounts {
  readonly problems: readonly SourceProblem[];
}

/** One thing that is collected on a schedule. A round fetches what is due, the gaps among it, and publishes it. */
export interface Collector {
  /** For example caiso-outlook. */
  readonly name: string;
  readonly everyMs: number;
  /** @throws SourceError when a question failed; what was published before stays */
  round(nowMs: number): Promise<RoundReport>;
}

export class RoundSum {
  private published = 0;
  private revised = 0;
  private unchanged = 0;
  private readonly problems: SourceProblem[] = [];

  add(counts: PublishCounts, problems: readonly SourceProblem[]): void {
    this.published += counts.published;
    this.revised += counts.revised;
    this.unchanged += counts.unchanged;
    this.problems.push(...problems);
  }

  report(): RoundReport {
    const { published, revised, unchanged, problems } = this;
    return { published, revised, unchanged, problems };
  }
}

/** When a value counts as known: the moment it was fetched, or, of history, when its interval ended. */
export type Availability = (intervalEndMs: number) => number;

export interface SeriesValue {
  readonly zone: string;
  readonly startMs: number;
  readonly stepMinutes: number;
  readonly mw: number;
  readonly source: string;
}

export function demandRecord(row: SeriesValue, availableAt: Availability): SourceRecord {
  const availableAtMs = availableAt(row.startMs + row.stepMinutes * 60_000);
  return {
    topic: 'demand.observed',
    availableAtMs,
    value: {
      zone: row.zone,
      kind: 'actual',
      validTime: toIso(row.startMs),
      stepMinutes: row.stepMinutes,
      demandMw: row.mw,
      availableAt: toIso(availableAtMs),
      source: row.source,
      revision: 0,
    },
  };
}

/** An operator's forecast. When it was issued is not said by CAISO, so it is null and never guessed. */
export function operatorForecastRecord(row: SeriesValue, product: string, nowMs: number): SourceRecord {
  return {
    topic: 'demand.forecast',
    availableAtMs: nowMs,
    value: {
      zone: row.zone,
      kind: 'forecast',
      product,
      validTime: toIso(row.startMs),
      stepMinutes: row.stepMinutes,
      demandMw: row.mw,
      issuedAt: null,
      availableAt: toIso(nowMs),
      source: row.source,
      revision: 0,
    },
  };
}

export type Publisher = Pick<ObservationPublisher, 'publish' | 'holds' | 'span'>;
