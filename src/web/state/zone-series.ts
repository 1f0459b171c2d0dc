import { TimeSeries } from './time-series.js';

/** What was predicted for one target at one horizon. */
export interface PredictedPoint {
  readonly mw: number;
  readonly p10: number | null;
  readonly p90: number | null;
  readonly modelVersion: string;
}

/** What the operator forecast for one interval. */
export interface OperatorPoint {
  readonly mw: number;
  /** When it could first be known, epoch ms. */
  readonly availableAtMs: number;
}

/** What is drawn of a zone by time: the live zone has it, and so has a moment of the past that is looked at. */
export interface ZoneSeries {
  readonly demand: TimeSeries;
  /** By horizon in minutes, then by target time. Only horizons that were asked for. */
  readonly predicted: Map<number, TimeSeries<PredictedPoint>>;
  readonly temperatureC: TimeSeries;
  /** The operator's own forecasts by product, then by interval start. */
  readonly operator: Map<string, TimeSeries<OperatorPoint>>;
}

export function newZoneSeries(): ZoneSeries {
  return {
    demand: new TimeSeries(),
    predicted: new Map(),
    temperatureC: new TimeSeries(),
    operator: new Map(),
  };
}

/** The series of a horizon, made when it is not there yet. */
export function predictedOf(series: ZoneSeries, horizonMinutes: number): TimeSeries<PredictedPoint> {
  return made(series.predicted, horizonMinutes);
}

/** The series of a product of the operator, made when it is not there yet. */
export function operatorOf(series: ZoneSeries, product: string): TimeSeries<OperatorPoint> {
  return made(series.operator, product);
}

function made<Key, Value>(map: Map<Key, TimeSeries<Value>>, key: Key): TimeSeries<Value> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const series = new TimeSeries<Value>();
  map.set(key, series);
  return series;
}

/** A change of what makes the nowcasts: the origin of the first nowcast by the other version. */
export interface VersionMark {
  readonly timeMs: number;
  readonly modelVersion: string;
}

/** Where the model version changed among the nowcasts of one horizon, by origin, rising. */
export function versionMarks(predicted: TimeSeries<PredictedPoint>, horizonMinutes: number): VersionMark[] {
  const marks: VersionMark[] = [];
  let before: string | null = null;
  for (const [targetMs, { modelVersion }] of predicted.between(-Infinity)) {
    if (before !== null && modelVersion !== before) {
      marks.push({ timeMs: targetMs - horizonMinutes * 60_000, modelVersion });
    }
    before = modelVersion;
  }
  return marks;
}
