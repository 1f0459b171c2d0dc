import { DAY_MS, MINUTE_MS } from '../../src/contracts/time.js';
import type { BandTracker } from '../../src/nowcast/band-tracker.js';
import { correctedBand } from '../../src/nowcast/conformal.js';
import type { StepQuantile } from '../../src/nowcast/extra-quantiles.js';

export const STEP_MS = 30 * MINUTE_MS;
export const HORIZON_MS = 60 * MINUTE_MS;
export const FROM_MS = Date.parse('2024-03-01T00:00:00Z');
export const FORECAST_MW = 1000;
const RAW = { rawP10: FORECAST_MW - 10, rawP90: FORECAST_MW + 10 };

/** One forecast as issued, with what came. */
export interface Scored {
  readonly day: number;
  readonly actualMw: number;
  readonly p10: number;
  readonly p90: number;
  readonly quantiles: readonly StepQuantile[];
}

/** About normal, of variance 1. */
export function gauss(random: () => number): number {
  let sum = -6;
  for (let i = 0; i < 12; i += 1) sum += random();
  return sum;
}

/** Issues one nowcast now, by the correction as it stands, and has the tracker remember it. */
export function issue(tracker: BandTracker, nowMs: number): Omit<Scored, 'day' | 'actualMw'> {
  const correction = tracker.correction(() => ({ p10Mw: [0], p90Mw: [0] }), nowMs);
  const { p10, p90 } = correctedBand(FORECAST_MW, RAW.rawP10, RAW.rawP90, correction, 0);
  const quantiles = correction.extra?.at(0, { mw: FORECAST_MW, ...RAW, p10, p90 }) ?? [];
  tracker.issued({
    originMs: nowMs,
    mw: [FORECAST_MW],
    p10: [p10],
    p90: [p90],
    quantiles: quantiles.map(({ q, mw }) => ({ q, mw: [mw] })),
  });
  return { p10, p90, quantiles };
}

/** A zone with one horizon, forecast each half hour by a model whose band is far too narrow. */
export function live(
  tracker: BandTracker,
  days: number,
  errorAt: (day: number, hour: number) => number,
): Scored[] {
  const issued = new Map<number, Omit<Scored, 'day' | 'actualMw'>>();
  const scored: Scored[] = [];
  for (let slot = 0; slot < (days * DAY_MS) / STEP_MS; slot += 1) {
    const nowMs = FROM_MS + slot * STEP_MS;
    const day = (slot * STEP_MS) / DAY_MS;
    const actualMw = FORECAST_MW + errorAt(day, (slot / 2) % 24);
    tracker.observed(nowMs, actualMw);
    const known = issued.get(nowMs);
    if (known !== undefined) scored.push({ ...known, day, actualMw });
    issued.set(nowMs + HORIZON_MS, issue(tracker, nowMs));
  }
  return scored;
}

/** Percent of actuals below each quantile. */
export function sharesBelow(scored: readonly Scored[]): [q: number, percent: number][] {
  return (scored[0]?.quantiles ?? []).map(({ q }, i) => {
    const below = scored.filter(({ actualMw, quantiles }) => actualMw < (quantiles[i]?.mw ?? Number.NaN));
    return [q, (100 * below.length) / scored.length];
  });
}
