import { DAY_MS } from '../contracts/time.js';
import type { DemandView } from './verdict.js';

/** Days of step changes that are looked at; more than one, so that a cloudy week does not look like a fault. */
const WINDOW_DAYS = 7;
const MAX_SAMPLES = 336;
const MIN_SAMPLES = 24;
const UPPER_QUANTILE = 0.98;

/**
 * How rough a zone's accepted series has lately been: a high quantile of its step-to-step changes after the same
 * step's change of the day before is taken away. Robust to single bad values. Only asked for a value that is already
 * suspect, so its cost does not fall on normal data.
 * @returns megawatts, 0 when too little is known
 */
export function recentRoughness(view: DemandView, beforeMs: number, stepMs: number): number {
  const stride = Math.max(1, Math.ceil((WINDOW_DAYS * DAY_MS) / stepMs / MAX_SAMPLES));
  const residuals: number[] = [];
  for (let back = 1; back * stepMs <= WINDOW_DAYS * DAY_MS; back += stride) {
    const atMs = beforeMs - back * stepMs;
    const change = view.demandAt(atMs) - view.demandAt(atMs - stepMs);
    const usual = view.demandAt(atMs - DAY_MS) - view.demandAt(atMs - stepMs - DAY_MS);
    const residual = Math.min(Math.abs(change), Math.abs(change - usual));
    if (!Number.isNaN(residual)) residuals.push(residual);
  }
  if (residuals.length < MIN_SAMPLES) return 0;
  residuals.sort((a, b) => a - b);
  return residuals[Math.floor(UPPER_QUANTILE * (residuals.length - 1))] ?? 0;
}
