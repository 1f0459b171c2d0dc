import type { SourceProblem } from '../../sources/parsed.js';
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

export type Publisher = Pick<ObservationPublisher, 'publish' | 'holds' | 'span' | 'newestNotFrom'>;
