import type { UnjudgedManifest } from './fit-zone.js';
import { DAY_MS, MINUTE_MS } from '../contracts/time.js';
import { ErrorSums, type ErrorSummary } from './error-sums.js';

/** Forecasts of one origin, waiting for their actuals. */
export interface BacktestOrigin {
  readonly originMs: number;
  readonly mw: Float64Array;
  /** Version and bands of the model that answered; null when the ladder fell back to the baseline. */
  readonly model: UnjudgedManifest | null;
}

/** One line of the predictions file. */
export interface BacktestPrediction {
  readonly zone: string;
  readonly originMs: number;
  readonly targetMs: number;
  readonly horizonMinutes: number;
  readonly mw: number;
  /** NaN where there is no band. */
  readonly p10: number;
  readonly p90: number;
  readonly actualMw: number;
  readonly modelVersion: string;
}

export interface BacktestHorizon extends ErrorSummary {
  readonly minutes: number;
  /** MAPE of the baselines on the same rows, percent. */
  readonly baselines: { readonly persistence: number; readonly ramp24h: number; readonly ramp7d: number };
}

/**
 * Scores forecasts against accepted actuals. A row counts when its target is at or after `testFromMs`, and the origin's
 * value, the actual and the ramp of 24 h are known: then all baselines stand on the same rows.
 * @param actuals accepted demand by interval start
 */
export function scoreBacktest(
  zone: string,
  horizonsMinutes: readonly number[],
  origins: readonly BacktestOrigin[],
  actuals: ReadonlyMap<number, number>,
  testFromMs: number,
  onPrediction?: (prediction: BacktestPrediction) => void,
): BacktestHorizon[] {
  const at = (timeMs: number): number => actuals.get(timeMs) ?? Number.NaN;
  const sums = horizonsMinutes.map(() => [0, 1, 2, 3].map(() => new ErrorSums()));
  for (const { originMs, mw: forecasts, model } of origins) {
    horizonsMinutes.forEach((horizonMinutes, h) => {
      const targetMs = originMs + horizonMinutes * MINUTE_MS;
      const persistence = at(originMs);
      const actualMw = at(targetMs);
      const ramp24h = rampFrom(originMs, targetMs, DAY_MS, at) ?? persistence;
      if (targetMs < testFromMs || Number.isNaN(actualMw) || Number.isNaN(ramp24h)) return;
      const ramp7d = rampFrom(originMs, targetMs, 7 * DAY_MS, at) ?? ramp24h;
      const mw = forecasts[h] ?? Number.NaN;
      const p10 = mw + (model?.bands.p10Mw[h] ?? Number.NaN);
      const p90 = mw + (model?.bands.p90Mw[h] ?? Number.NaN);
      const [own, ...baselines] = sums[h] ?? [];
      own?.add(actualMw, mw, p10, p90);
      [persistence, ramp24h, Number.isNaN(ramp7d) ? ramp24h : ramp7d].forEach((value, i) => {
        baselines[i]?.add(actualMw, value, value, value);
      });
      const modelVersion = model?.version ?? 'baseline:ramp';
      onPrediction?.({ zone, originMs, targetMs, horizonMinutes, mw, p10, p90, actualMw, modelVersion });
    });
  }
  return horizonsMinutes.map((minutes, h) => {
    const [own, persistence, ramp24h, ramp7d] = (sums[h] ?? []).map((one) => one.summary());
    if (!own || !persistence || !ramp24h || !ramp7d) throw new Error('four sums a horizon');
    const baselines = { persistence: persistence.mape, ramp24h: ramp24h.mape, ramp7d: ramp7d.mape };
    return { minutes, ...own, baselines };
  });
}

/** Last value + how demand moved between the same two clock times (UTC) earlier; null where that lies in the future. */
function rampFrom(
  originMs: number,
  targetMs: number,
  agoMs: number,
  at: (timeMs: number) => number,
): number | null {
  return targetMs - agoMs > originMs ? null : at(originMs) + at(targetMs - agoMs) - at(originMs - agoMs);
}
