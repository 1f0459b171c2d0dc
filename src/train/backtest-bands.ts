import type { ZoneProfile } from '../features/zone-profile.js';
import { BandTracker } from '../nowcast/band-tracker.js';
import { correctedBand } from '../nowcast/conformal.js';
import type { UnjudgedManifest } from './fit-zone.js';
import type { BacktestOrigin } from './backtest-rows.js';

/** What the walk met, in its order: an accepted actual, or a nowcast that is due. */
export type WalkStep = 'request' | { readonly timeMs: number; readonly mw: number };

/** Runs the stream's online corrections through a walk: at each origin it knows the actuals before it, no others. */
export class BacktestBands {
  private readonly tracker: BandTracker;

  constructor({ stepMs, horizonsMinutes }: ZoneProfile) {
    this.tracker = new BandTracker(stepMs, horizonsMinutes);
  }

  /** @param origins the answers to the steps that are requests, in their order */
  correct(
    steps: readonly WalkStep[],
    origins: readonly BacktestOrigin[],
    manifest: UnjudgedManifest,
  ): BacktestOrigin[] {
    const corrected: BacktestOrigin[] = [];
    for (const step of steps) {
      if (step !== 'request') {
        this.tracker.observed(step.timeMs, step.mw);
        continue;
      }
      const origin = origins[corrected.length];
      if (origin !== undefined) corrected.push(this.correctOne(origin, manifest));
    }
    return corrected;
  }

  private correctOne(origin: BacktestOrigin, manifest: UnjudgedManifest): BacktestOrigin {
    const { originMs, anchorMs = originMs, mw, p10RawMw, p90RawMw } = origin;
    if (p10RawMw === undefined || p90RawMw === undefined) return origin;
    const correction = this.tracker.correction(() => manifest.bands, originMs);
    const { adjustment } = correction;
    const moved = mw.map((value, h) => value + (adjustment?.shiftMw[h] ?? 0));
    const bands = Array.from(moved, (value, h) => {
      const raw = (of: ArrayLike<number>): number => value + (of[h] ?? Number.NaN) - (mw[h] ?? Number.NaN);
      return correctedBand(value, raw(p10RawMw), raw(p90RawMw), correction, h);
    });
    const p10Mw = bands.map(({ p10 }) => p10);
    const p90Mw = bands.map(({ p90 }) => p90);
    // The band of an older value is wider by nature and teaches nothing about the others.
    if (anchorMs === originMs)
      this.tracker.issued({ originMs, mw: moved, p10: p10Mw, p90: p90Mw, adjustment: adjustment ?? null });
    return { ...origin, mw: moved, mwRaw: mw, p10Mw, p90Mw };
  }
}
