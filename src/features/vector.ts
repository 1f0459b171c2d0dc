import { DAY_MS, MINUTE_MS } from '../contracts/time.js';
import { NowcastError } from '../contracts/errors.js';
import { dayOfWeek } from './calendar-days.js';
import { FEATURE_COUNT, LAG_DAYS, ORIGIN_FEATURES } from './feature-names.js';
import { writeOriginFeatures } from './origin-features.js';
import { TargetOperator } from './target-operator.js';
import type { RowBuffer } from './row-buffer.js';
import { TargetLags } from './target-lags.js';
import type { ZoneState } from './zone-state.js';

/** 'ramp': at least half of the horizons have a ramp of earlier days; 'persistence': they have not. */
export type BaselineKind = 'ramp' | 'persistence';

/** What a nowcast stands on before any model: the anchor value plus the ramp of earlier days. */
export interface Baseline {
  /** Per horizon, megawatts: anchor + best ramp, the bare anchor where no earlier day is known. */
  readonly baselineMw: Float64Array;
  readonly baselineKind: BaselineKind;
}

export interface FeatureRows extends Baseline {
  /** First of `horizonsMinutes.length` rows in the buffer, in the order of the horizons. */
  readonly firstRow: number;
}

const ORIGIN_COUNT = ORIGIN_FEATURES.length;
const MINUTES_PER_DAY = 1440;
const RAMP_MEAN_LAGS = [1, 7, 14].map((days) => LAG_DAYS.indexOf(days as (typeof LAG_DAYS)[number]));
const SINE = Float64Array.from({ length: MINUTES_PER_DAY }, (_, minute) =>
  Math.sin((2 * Math.PI * minute) / MINUTES_PER_DAY),
);
const COSINE = Float64Array.from({ length: MINUTES_PER_DAY }, (_, minute) =>
  Math.cos((2 * Math.PI * minute) / MINUTES_PER_DAY),
);

/** Scratch space of this single-threaded module. */
const lags = new TargetLags();
const operator = new TargetOperator();

/**
 * Writes one feature row per horizon (FEATURE_NAMES) and computes the baseline that the model's output is added to.
 * Reads no demand after the origin and no weather after `asOfMs`; forecasts are those that the state was told by then. The training target is (actual - baseline) / scale.
 * @param originMs start of the last interval whose demand may be known
 * @param asOfMs latest availableAt of what is known
 * @param horizonsMinutes not falling, multiples of the zone's step
 * @param buffer of width FEATURE_COUNT
 */
export function writeFeatureRows(
  state: ZoneState,
  originMs: number,
  asOfMs: number,
  horizonsMinutes: readonly number[],
  buffer: RowBuffer,
): FeatureRows {
  requireWidth(buffer);
  const anchorMw = beginOrigin(state, originMs, originMs, horizonsMinutes);
  const count = horizonsMinutes.length;
  const firstRow = buffer.reserve(count);
  const block = buffer.data;
  const baselineMw = new Float64Array(count);
  const origin = firstRow * FEATURE_COUNT;
  writeOriginFeatures(state, lags, originMs, asOfMs, block, origin);
  operator.begin(state, lags, originMs, asOfMs);
  let ramps = 0;
  for (let i = 0; i < count; i++) {
    const minutes = horizonsMinutes[i] as number;
    const targetMs = originMs + minutes * MINUTE_MS;
    const row = origin + i * FEATURE_COUNT;
    if (i > 0) block.copyWithin(row, origin, origin + ORIGIN_COUNT);
    lags.move((minutes * MINUTE_MS) / state.ring.stepMs, targetMs);
    const ramp = lags.bestRamp();
    const hasRamp = !Number.isNaN(ramp);
    if (hasRamp) ramps++;
    baselineMw[i] = hasRamp ? anchorMw + ramp : anchorMw;
    let at = row + ORIGIN_COUNT;
    block[at++] = minutes;
    at = writeLags(block, at, hasRamp ? ramp : 0);
    at = writeCalendar(state, targetMs, block, at);
    at = writeTargetWeather(state, targetMs, asOfMs, block, at, block[origin + TEMPERATURE] as number);
    operator.write(targetMs, hasRamp ? ramp : 0, block, at);
  }
  return { firstRow, baselineMw, baselineKind: kindOf(ramps, count) };
}

/**
 * The baseline alone, for an origin whose own value is not usable: it starts from an earlier anchor.
 * @param anchorMs start of an interval at or before the origin whose demand is known
 */
export function computeBaseline(
  state: ZoneState,
  originMs: number,
  anchorMs: number,
  horizonsMinutes: readonly number[],
): Baseline {
  const anchorMw = beginOrigin(state, originMs, anchorMs, horizonsMinutes);
  const baselineMw = new Float64Array(horizonsMinutes.length);
  let ramps = 0;
  horizonsMinutes.forEach((minutes, i) => {
    lags.move((minutes * MINUTE_MS) / state.ring.stepMs, originMs + minutes * MINUTE_MS);
    const ramp = lags.bestRamp();
    if (!Number.isNaN(ramp)) ramps++;
    baselineMw[i] = Number.isNaN(ramp) ? anchorMw : anchorMw + ramp;
  });
  return { baselineMw, baselineKind: kindOf(ramps, horizonsMinutes.length) };
}

const TEMPERATURE = ORIGIN_FEATURES.indexOf('temperature');

function beginOrigin(
  state: ZoneState,
  originMs: number,
  anchorMs: number,
  horizonsMinutes: readonly number[],
): number {
  const longestMs = (horizonsMinutes[horizonsMinutes.length - 1] ?? 0) * MINUTE_MS;
  lags.begin(state, originMs, anchorMs, originMs + longestMs);
  return lags.anchorUtc[0] as number;
}

function kindOf(ramps: number, horizons: number): BaselineKind {
  return ramps > 0 && ramps * 2 >= horizons ? 'ramp' : 'persistence';
}

function requireWidth(buffer: RowBuffer): void {
  if (buffer.width === FEATURE_COUNT) return;
  throw new NowcastError(
    'INTERNAL',
    `row buffer is ${String(buffer.width)} wide, feature rows are ${String(FEATURE_COUNT)}`,
  );
}

function writeLags(block: Float32Array, start: number, baselineRamp: number): number {
  let at = start;
  const count = LAG_DAYS.length;
  for (let i = 0; i < count; i++) block[at++] = lags.lagWall[i] as number;
  for (let i = 0; i < count; i++) block[at++] = lags.rampWall[i] as number;
  for (let i = 0; i < count; i++) block[at++] = lags.lagUtc[i] as number;
  for (let i = 0; i < count; i++) block[at++] = lags.rampUtc[i] as number;
  block[at++] = lags.sameTypeRamp;
  block[at++] = lags.sameTypeLevel;
  block[at++] = lags.sameTypeDays;
  block[at++] = meanRamp();
  block[at++] = baselineRamp;
  return at;
}

/** Mean of the ramps of 1, 7 and 14 days that are known. */
function meanRamp(): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < RAMP_MEAN_LAGS.length; i++) {
    const ramp = lags.rampWall[RAMP_MEAN_LAGS[i] as number] as number;
    if (Number.isNaN(ramp)) continue;
    sum += ramp;
    count++;
  }
  return count > 0 ? sum / count : Number.NaN;
}

function writeCalendar(state: ZoneState, targetMs: number, block: Float32Array, start: number): number {
  let at = start;
  const { clock } = state;
  const minute = clock.minuteOfDay(targetMs);
  const day = lags.localDay;
  block[at++] = minute;
  block[at++] = SINE[minute] as number;
  block[at++] = COSINE[minute] as number;
  block[at++] = Math.floor((targetMs % DAY_MS) / MINUTE_MS);
  block[at++] = dayOfWeek(day);
  block[at++] = clock.days.dayOfYear(day);
  block[at++] = clock.days.isHoliday(day) ? 1 : 0;
  block[at++] = clock.days.isDayBeforeHoliday(day) ? 1 : 0;
  block[at++] = clock.days.isDayAfterHoliday(day) ? 1 : 0;
  block[at++] = clock.days.dayType(day);
  return at;
}

function writeTargetWeather(
  state: ZoneState,
  targetMs: number,
  asOfMs: number,
  block: Float32Array,
  start: number,
  temperatureNow: number,
): number {
  let at = start;
  const forecast = state.forecast;
  const observed = state.observed;
  const temperature = forecast ? forecast.temperatureAt(targetMs) : Number.NaN;
  const shortwave = forecast ? forecast.shortwaveAt(targetMs) : Number.NaN;
  const yesterdayMs = state.clock.sameWallClock(targetMs, 1);
  // A horizon of more than a day can reach past what is observed; then there is no yesterday to compare with.
  const known = observed !== null && yesterdayMs <= asOfMs;
  block[at++] = temperature;
  block[at++] = temperature - temperatureNow;
  block[at++] = known ? temperature - observed.temperatureAt(yesterdayMs) : Number.NaN;
  block[at++] = shortwave;
  block[at++] = known ? shortwave - observed.shortwaveAt(yesterdayMs) : Number.NaN;
  return at;
}
