import { DAY_MS, HOUR_MS } from '../../src/contracts/time.js';
import { FEATURE_COUNT } from '../../src/features/feature-names.js';
import type { BlockForecast, HeldOutBlock } from '../../src/train/held-out-block.js';
import { seededRandom } from '../../src/train/random.js';

export const BLOCK_FROM_MS = Date.parse('2025-03-01T00:00:00Z');
export const HORIZONS = [5, 60, 180, 720];

/** Demand of about 1000 MW every two hours; its ramp baseline is off by 3 % on average. */
export function blockOf(days: number, horizonsMinutes: readonly number[] = HORIZONS, seed = 1): HeldOutBlock {
  const gauss = gaussian(seed);
  const origins = Array.from({ length: days * 12 }, (_, i) => BLOCK_FROM_MS + i * 2 * HOUR_MS);
  const rows = origins.flatMap((origin) => horizonsMinutes.map((_, h) => ({ origin, h })));
  const actualMw = Float64Array.from(
    rows,
    ({ origin }) => 1000 + 200 * Math.sin((2 * Math.PI * origin) / DAY_MS),
  );
  return {
    zone: 'Z',
    rows: rows.length,
    features: new Float32Array(rows.length * FEATURE_COUNT),
    originMs: Float64Array.from(rows, ({ origin }) => origin),
    horizonIndex: Uint16Array.from(rows, ({ h }) => h),
    horizonsMinutes,
    baselineMw: actualMw.map((mw) => mw * (1 + 0.0375 * gauss())),
    actualMw,
  };
}

export interface ForecastShape {
  /** Mean absolute error, percent, by horizon in minutes. */
  readonly mape: (horizonMinutes: number) => number;
  /** Errors that all forecasts with this seed share. */
  readonly seed: number;
  /** Share of an own error beside the shared one. */
  readonly ownShare?: number;
  readonly ownSeed?: number;
  /** How much a day's own error resembles that of the day before. */
  readonly autocorrelation?: number;
  readonly biasPercent?: number;
  /** Half width of the band in mean absolute errors. */
  readonly band?: number;
}

/** A forecast of that accuracy. Two with the same seed err on the same rows, as two models of one series do. */
export function forecastOf(block: HeldOutBlock, shape: ForecastShape): BlockForecast {
  const shared = gaussian(shape.seed);
  const own = gaussian(shape.ownSeed ?? 77);
  const ownShare = shape.ownShare ?? 0.2;
  const rho = shape.autocorrelation ?? 0;
  const factorOfDay = new Map<number, number>();
  let level = 0;
  const factor = (day: number): number => {
    const known = factorOfDay.get(day);
    if (known !== undefined) return known;
    level = rho * level + Math.sqrt(1 - rho * rho) * own();
    factorOfDay.set(day, 1 + 0.1 * level);
    return 1 + 0.1 * level;
  };
  const mw = block.actualMw.map((actual, row) => {
    const minutes = block.horizonsMinutes[block.horizonIndex[row] ?? 0] ?? 0;
    const day = Math.floor(((block.originMs[row] ?? 0) - BLOCK_FROM_MS) / DAY_MS);
    const noise = (1 - ownShare) * shared() + ownShare * own() * factor(day);
    const spread = Math.hypot(1 - ownShare, ownShare);
    // The mean of |standard normal| is the root of 2 / pi.
    const error = (shape.mape(minutes) * noise) / spread / Math.sqrt(2 / Math.PI);
    return actual * (1 + (error + (shape.biasPercent ?? 0)) / 100);
  });
  const half = (row: number): number => {
    const minutes = block.horizonsMinutes[block.horizonIndex[row] ?? 0] ?? 0;
    return ((shape.band ?? 1.6) * shape.mape(minutes) * (block.actualMw[row] ?? 0)) / 100;
  };
  return {
    mw,
    p10: mw.map((value, row) => value - half(row)),
    p90: mw.map((value, row) => value + half(row)),
  };
}

/** Standard normal numbers, by Box and Muller. */
function gaussian(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
