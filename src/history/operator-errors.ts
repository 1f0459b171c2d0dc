import { MINUTE_MS } from '../contracts/time.js';
import type { OperatorError, OperatorPoint } from './history-store.js';

/** Megawatts by interval start, epoch milliseconds. */
export type Curve = ReadonlyMap<number, number>;

export interface ErrorInputs {
  readonly zone: string;
  /** Length of an interval of demand and of nowcasts. */
  readonly stepMs: number;
  /** Rising. */
  readonly horizonsMinutes: readonly number[];
  readonly forecasts: readonly OperatorPoint[];
  readonly actual: Curve;
  /** By horizon. */
  readonly nowcasts: ReadonlyMap<number, Curve>;
}

/**
 * The horizon whose nowcasts knew no more than the operator's value did: in the last step of the interval, too, the nowcast
 * of that horizon was made before the value could be known. Where no horizon reaches as far it is the longest, and that
 * nowcast knew more.
 * @param horizonsMinutes rising; null when there is none
 */
export function comparableHorizon(
  forecast: OperatorPoint,
  horizonsMinutes: readonly number[],
): number | null {
  const needed = leadMinutesOf(forecast) + forecast.stepMinutes;
  return horizonsMinutes.find((horizon) => horizon >= needed) ?? horizonsMinutes.at(-1) ?? null;
}

/** The errors of those intervals in which everything is known: what was measured, the operator's value and a nowcast. */
export function operatorErrors(inputs: ErrorInputs): OperatorError[] {
  const { zone, stepMs, horizonsMinutes, forecasts, actual, nowcasts } = inputs;
  return forecasts.flatMap((forecast) => {
    const { timeMs, product, stepMinutes, demandMw } = forecast;
    const horizonMinutes = comparableHorizon(forecast, horizonsMinutes);
    if (horizonMinutes === null) return [];
    const times = stepsOf(timeMs, stepMinutes * MINUTE_MS, stepMs);
    const actualMw = meanAt(times, actual);
    const nowcastMw = meanAt(times, nowcasts.get(horizonMinutes) ?? new Map<number, number>());
    if (actualMw === null || actualMw === 0 || nowcastMw === null) return [];
    return [
      {
        zone,
        product,
        timeMs,
        leadMinutes: leadMinutesOf(forecast),
        horizonMinutes,
        operatorErrorMw: demandMw - actualMw,
        nowcastErrorMw: nowcastMw - actualMw,
        actualMw,
      },
    ];
  });
}

function leadMinutesOf({ timeMs, availableAtMs }: OperatorPoint): number {
  return (timeMs - availableAtMs) / MINUTE_MS;
}

/** Starts of the steps of an interval; none when it is no whole number of them. */
function stepsOf(fromMs: number, lengthMs: number, stepMs: number): number[] {
  if (lengthMs % stepMs !== 0) return [];
  return Array.from({ length: lengthMs / stepMs }, (_, i) => fromMs + i * stepMs);
}

/** Null when there is no step, or one of them is not known: a mean of some steps is of another interval. */
function meanAt(times: readonly number[], curve: Curve): number | null {
  let sum = 0;
  for (const timeMs of times) {
    const mw = curve.get(timeMs);
    if (mw === undefined) return null;
    sum += mw;
  }
  return times.length === 0 ? null : sum / times.length;
}
