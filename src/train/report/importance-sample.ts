import type { RowBuffer } from '../../features/row-buffer.js';
import type { NowcastRequest } from '../../nowcast/request.js';
import { type Random, seededRandom } from '../random.js';
import type { ScoredRow } from '../scoring/scored-row.js';

/** An origin with all its feature rows, and what came. */
export interface SampledOrigin {
  readonly request: NowcastRequest;
  /** Row-major, one row a horizon. */
  readonly rows: Float32Array;
  /** MW a horizon; NaN where the row was not scored. */
  readonly actualMw: Float64Array;
}

/**
 * A uniform sample of the origins that the newest model answered, so of rows that it was not trained on. Reservoir
 * sampling (Vitter, algorithm R): one pass, bounded memory, the same sample for the same walk.
 */
export class ImportanceSample {
  private readonly random: Random;
  private origins: SampledOrigin[] = [];
  private byOrigin = new Map<number, SampledOrigin>();
  private seen = 0;

  constructor(
    private readonly capacity: number,
    seed: number,
  ) {
    this.random = seededRandom(seed);
  }

  /** A new model has learnt from what the one before was tested on. */
  restart(): void {
    this.origins = [];
    this.byOrigin = new Map();
    this.seen = 0;
  }

  add(requests: readonly NowcastRequest[], buffer: RowBuffer): void {
    for (const request of requests) {
      if (!request.modelUsable || request.anchorMs !== request.originMs) continue;
      this.seen += 1;
      const at =
        this.origins.length < this.capacity ? this.origins.length : Math.floor(this.random() * this.seen);
      if (at >= this.capacity) continue;
      const from = request.firstRow * buffer.width;
      const horizons = request.baselineMw.length;
      const sampled: SampledOrigin = {
        request,
        rows: buffer.data.slice(from, from + horizons * buffer.width),
        actualMw: new Float64Array(horizons).fill(Number.NaN),
      };
      const replaced = this.origins[at];
      if (replaced !== undefined) this.byOrigin.delete(replaced.request.originMs);
      this.origins[at] = sampled;
      this.byOrigin.set(request.originMs, sampled);
    }
  }

  /** Tells an origin of the sample what came. */
  settle({ originMs, horizonIndex, actualMw }: Readonly<ScoredRow>): void {
    const sampled = this.byOrigin.get(originMs);
    if (sampled !== undefined) sampled.actualMw[horizonIndex] = actualMw;
  }

  /** Those with at least one scored row. */
  scored(): SampledOrigin[] {
    return this.origins.filter(({ actualMw }) => actualMw.some((mw) => !Number.isNaN(mw)));
  }
}
