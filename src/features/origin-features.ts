import { DAY_MS, HOUR_MS, MINUTE_MS } from '../contracts/time.js';
import { DIFFERENCE_STEPS, LAG_DAYS, SECOND_DIFFERENCE_STEPS } from './feature-names.js';
import type { TargetLags } from './target-lags.js';
import type { ZoneState } from './zone-state.js';

/** Statistics of a window of known values; reused, so that an origin allocates nothing. */
class WindowStatistics {
  mean = Number.NaN;
  min = Number.NaN;
  max = Number.NaN;
  std = Number.NaN;

  /** Over the steps `first` .. `last` relative to the origin; NaN when less than half of them are known. */
  read(lags: TargetLags, first: number, last: number): void {
    let sum = 0;
    let squares = 0;
    let count = 0;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    // Sums of differences from one of the values keep their precision where the level is large.
    let shift = Number.NaN;
    for (let steps = first; steps <= last; steps++) {
      const value = lags.known(steps);
      if (Number.isNaN(value)) continue;
      if (count === 0) shift = value;
      const difference = value - shift;
      sum += difference;
      squares += difference * difference;
      count++;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    const enough = count * 2 >= last - first + 1;
    this.mean = enough ? shift + sum / count : Number.NaN;
    this.min = enough ? min : Number.NaN;
    this.max = enough ? max : Number.NaN;
    this.std = enough ? Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) : Number.NaN;
  }
}

const statistics = new WindowStatistics();

/**
 * Writes ORIGIN_FEATURES in their order.
 * @param lags begun for this origin
 * @returns the position after the last one written
 */
export function writeOriginFeatures(
  state: ZoneState,
  lags: TargetLags,
  originMs: number,
  asOfMs: number,
  row: Float32Array,
  start: number,
): number {
  const latest = lags.known(0);
  let at = start;
  row[at++] = latest;
  for (const steps of DIFFERENCE_STEPS) row[at++] = latest - lags.known(-steps);
  for (const days of LAG_DAYS) row[at++] = latest - (lags.anchorWall[days] as number);
  at = writeSecondDifferences(state, lags, originMs, latest, row, at);
  at = writeRolling(state, lags, originMs, latest, row, at);
  return writeWeather(state, asOfMs, row, at);
}

/** Recent ramp now minus the recent ramp at the same clock time of earlier days. */
function writeSecondDifferences(
  state: ZoneState,
  lags: TargetLags,
  originMs: number,
  latest: number,
  row: Float32Array,
  start: number,
): number {
  let at = start;
  const origin = state.ring.slotOf(originMs);
  for (const days of LAG_DAYS) {
    const thenSteps = state.ring.slotOf(state.clock.sameWallClock(originMs, days)) - origin;
    const then = lags.anchorWall[days] as number;
    for (const steps of SECOND_DIFFERENCE_STEPS) {
      row[at++] = latest - lags.known(-steps) - (then - lags.known(thenSteps - steps));
    }
  }
  return at;
}

function writeRolling(
  state: ZoneState,
  lags: TargetLags,
  originMs: number,
  latest: number,
  row: Float32Array,
  start: number,
): number {
  let at = start;
  const { stepMs } = state.ring;
  for (const spanMs of [HOUR_MS, DAY_MS]) {
    statistics.read(lags, 1 - Math.max(1, Math.floor(spanMs / stepMs)), 0);
    row[at++] = latest - statistics.mean;
    row[at++] = latest - statistics.min;
    row[at++] = latest - statistics.max;
    row[at++] = statistics.std;
  }
  const today = state.clock.localDay(originMs);
  const origin = state.ring.slotOf(originMs);
  const first = state.ring.slotOf(state.clock.startOfDay(today - 1)) - origin;
  statistics.read(lags, first, state.ring.slotOf(state.clock.startOfDay(today)) - origin - 1);
  row[at++] = latest - statistics.mean;
  return at;
}

function writeWeather(state: ZoneState, asOfMs: number, row: Float32Array, start: number): number {
  let at = start;
  const observed = state.observed;
  const temperature = observed?.temperatureAt(asOfMs) ?? Number.NaN;
  row[at++] = temperature;
  row[at++] = temperature - (observed?.temperatureAt(asOfMs - 3 * HOUR_MS) ?? Number.NaN);
  row[at++] = temperature - (observed?.temperatureAt(asOfMs - DAY_MS) ?? Number.NaN);
  row[at++] = observed?.meanTemperature24h(asOfMs) ?? Number.NaN;
  row[at++] = observed?.shortwaveAt(asOfMs) ?? Number.NaN;
  const issuedAtMs = state.forecast?.issuedAtMs ?? Number.NaN;
  row[at++] = Number.isFinite(issuedAtMs) ? (asOfMs - issuedAtMs) / MINUTE_MS : Number.NaN;
  return at;
}
