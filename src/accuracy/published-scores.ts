import type { Accuracy } from '../contracts/records.js';
import { DAY_MS, HOUR_MS } from '../contracts/time.js';

type CorrectedWindow = Extract<Accuracy['window'], '1h' | '24h'>;

/** A published window that no longer says what the actuals say. */
export interface OutdatedScore {
  /** Target of the newest actual that it held. */
  readonly endMs: number;
  readonly window: CorrectedWindow;
  /** False where only the watched horizons were published. */
  readonly ofAllHorizons: boolean;
}

interface PublishedEnd {
  readonly endMs: number;
  readonly ofAllHorizons: boolean;
  readonly outdated: Set<CorrectedWindow>;
}

const CORRECTED: readonly { readonly window: CorrectedWindow; readonly ms: number }[] = [
  { window: '1h', ms: HOUR_MS },
  { window: '24h', ms: DAY_MS },
];
/** Forecasts are held so long; what was published before can not be scored again. */
const KEPT_MS = 7 * DAY_MS;

/**
 * Remembers when scores of a zone were published, and which of them a revised or late actual has put out of date. A 7 d
 * window of the past would need forecasts that are no longer held: its successors are right, it stays.
 */
export class PublishedScores {
  private readonly ends: PublishedEnd[] = [];

  published(endMs: number, ofAllHorizons: boolean): void {
    this.ends.push({ endMs, ofAllHorizons, outdated: new Set() });
    while ((this.ends[0]?.endMs ?? endMs) <= endMs - KEPT_MS) this.ends.shift();
  }

  /** @param targetMs of an actual that was revised or came late */
  corrected(targetMs: number): void {
    for (const { endMs, outdated } of this.ends) {
      for (const { window, ms } of CORRECTED)
        if (targetMs <= endMs && targetMs > endMs - ms) outdated.add(window);
    }
  }

  /** What has to be published again, the oldest first; each is given out once. */
  takeOutdated(): OutdatedScore[] {
    return this.ends.flatMap(({ endMs, ofAllHorizons, outdated }) => {
      const windows = [...outdated];
      outdated.clear();
      return windows.map((window) => ({ endMs, window, ofAllHorizons }));
    });
  }
}
