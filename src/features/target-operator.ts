import { DAY_MS, HOUR_MS, MINUTE_MS } from '../contracts/time.js';
import { MAX_OPERATOR_SERIES } from './operator-forecasts.js';
import type { OperatorSeries } from './operator-series.js';
import type { TargetLags } from './target-lags.js';
import type { ZoneState } from './zone-state.js';

const COLUMNS = 6;
const NO_SERIES: readonly OperatorSeries[] = [];

/**
 * What the operator's forecast says of one target after another, for one origin. Of its products that know both the
 * target and the origin, the one whose value of the target became available last is asked, and asked alone: ramp and
 * error come from the same product, so that a product of another level makes no ramp. Without such a product all is NaN.
 * One instance is reused for all zones, so that a row allocates nothing.
 */
export class TargetOperator {
  private series = NO_SERIES;
  private stepMs = 0;
  private originMs = 0;
  private asOfMs = 0;
  private latestMw = Number.NaN;
  private lags: TargetLags | null = null;
  private readonly originMw = new Float64Array(MAX_OPERATOR_SERIES);
  private readonly meanErrorMw = new Float64Array(MAX_OPERATOR_SERIES);
  private readonly hasMeanError = new Uint8Array(MAX_OPERATOR_SERIES);

  /** @param lags begun for this origin */
  begin(state: ZoneState, lags: TargetLags, originMs: number, asOfMs: number): void {
    this.series = state.operator?.series ?? NO_SERIES;
    this.stepMs = state.ring.stepMs;
    this.originMs = originMs;
    this.asOfMs = asOfMs;
    this.lags = lags;
    this.latestMw = lags.known(0);
    this.hasMeanError.fill(0);
    for (let i = 0; i < this.series.length; i++) {
      const one = this.series[i] as OperatorSeries;
      this.originMw[i] = one.read(originMs, this.stepMs) ? one.mw : Number.NaN;
    }
  }

  /** Writes the features of the operator's forecast. @param baselineRamp that of the target, 0 where there is none */
  write(targetMs: number, baselineRamp: number, block: Float32Array, start: number): void {
    const best = this.freshest(targetMs);
    if (best < 0) {
      block.fill(Number.NaN, start, start + COLUMNS);
      return;
    }
    const { mw, knownMs } = this.series[best] as OperatorSeries;
    const ramp = mw - (this.originMw[best] as number);
    const error = this.latestMw - (this.originMw[best] as number);
    const meanError = this.meanError(best);
    let at = start;
    block[at++] = ramp;
    block[at++] = ramp - baselineRamp;
    block[at++] = error;
    block[at++] = meanError;
    block[at++] = ramp - baselineRamp + meanError - error;
    block[at] = (this.asOfMs - knownMs) / MINUTE_MS;
  }

  /** The series to ask about a target, left with its answer; -1 for none. */
  private freshest(targetMs: number): number {
    let best = -1;
    let knownMs = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.series.length; i++) {
      if (Number.isNaN(this.originMw[i])) continue;
      const one = this.series[i] as OperatorSeries;
      if (!one.read(targetMs, this.stepMs) || one.knownMs <= knownMs) continue;
      best = i;
      knownMs = one.knownMs;
    }
    return best;
  }

  /** Demand minus forecast, overwriting the answer of the series: mean over the hours of the day up to the origin, MW; NaN when less than half are known. */
  private meanError(at: number): number {
    if (this.hasMeanError[at] === 0) {
      this.meanErrorMw[at] = this.readMeanError(this.series[at] as OperatorSeries);
      this.hasMeanError[at] = 1;
    }
    return this.meanErrorMw[at] as number;
  }

  private readMeanError(series: OperatorSeries): number {
    const lags = this.lags as TargetLags;
    const every = Math.max(1, Math.round(HOUR_MS / this.stepMs));
    const samples = Math.max(1, Math.floor(DAY_MS / (every * this.stepMs)));
    let sum = 0;
    let count = 0;
    for (let i = 0; i < samples; i++) {
      const demandMw = lags.known(-i * every);
      if (Number.isNaN(demandMw) || !series.read(this.originMs - i * every * this.stepMs, this.stepMs))
        continue;
      sum += demandMw - series.mw;
      count++;
    }
    return count * 2 >= samples ? sum / count : Number.NaN;
  }
}
