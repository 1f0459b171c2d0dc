/** Columns of the zone's charts, aligned on one time axis. Pure. */
import type { FeedNowcast } from '../../contracts/generated/feed-server-message.js';
import type { TimeSeries } from '../state/time-series.js';
import type { OperatorPoint, PredictedPoint } from '../state/zone-series.js';

/** null: known to be missing, the line breaks. undefined: this series has no point here, the line goes on. */
export type Column = (number | null | undefined)[];

export interface ChartColumns {
  /** Epoch seconds, rising. */
  readonly timeS: number[];
  readonly actual: Column;
  readonly path: Column;
  readonly p90: Column;
  readonly p10: Column;
  readonly predicted: Column;
  /** The operator's own forecast, MW. */
  readonly operator: Column;
  /** Predicted - actual, percent of actual. */
  readonly errorPct: Column;
  readonly temperatureC: Column;
}

export interface ChartInput {
  readonly demand: TimeSeries;
  /** Of the horizon that is shown. */
  readonly predicted: TimeSeries<PredictedPoint>;
  readonly operator: TimeSeries<OperatorPoint> | null;
  readonly temperatureC: TimeSeries;
  readonly nowcast: Pick<FeedNowcast, 'origin' | 'latestDemandMw' | 'steps'> | null;
  readonly stepMs: number;
  readonly fromMs: number;
  /** What the operator made known later than this is left out, epoch ms. Default: nothing is. */
  readonly knownByMs?: number;
}

interface PathPoint {
  readonly mw: number;
  readonly p10: number | null;
  readonly p90: number | null;
}

/** The operator's forecasts look further ahead than anything else here. */
const OPERATOR_AHEAD_MS = 25 * 3_600_000;

/** The path by time. It starts at the last known value, so the eye sees where it leaves from. */
function pathPoints(nowcast: ChartInput['nowcast']): Map<number, PathPoint> {
  const points = new Map<number, PathPoint>();
  if (nowcast === null) return points;
  const start = nowcast.latestDemandMw;
  const hasBand = nowcast.steps[0].p10 !== null;
  points.set(Date.parse(nowcast.origin), {
    mw: start,
    p10: hasBand ? start : null,
    p90: hasBand ? start : null,
  });
  for (const step of nowcast.steps) points.set(Date.parse(step.target), step);
  return points;
}

/** Intervals inside the demand's span for which no value is known. */
function missingTimes(demand: ReadonlyMap<number, number>, stepMs: number): number[] {
  const times = [...demand.keys()];
  const missing: number[] = [];
  for (let index = 1; index < times.length; index++) {
    const before = times[index - 1] ?? 0;
    // One break a hole is enough for the line, however long the hole.
    if ((times[index] ?? 0) - before > stepMs) missing.push(before + stepMs);
  }
  return missing;
}

function operatorPoints({ operator, fromMs, demand, knownByMs = Infinity }: ChartInput): Map<number, number> {
  const untilMs = (demand.lastTimeMs ?? fromMs) + OPERATOR_AHEAD_MS;
  const points = [...(operator?.between(fromMs, untilMs) ?? [])];
  return new Map(
    points
      .filter(([, { availableAtMs }]) => availableAtMs <= knownByMs)
      .map(([timeMs, { mw }]) => [timeMs, mw]),
  );
}

function errorPct(mw: number | undefined, actual: number | undefined): number | undefined {
  return mw === undefined || actual === undefined || actual === 0
    ? undefined
    : (100 * (mw - actual)) / actual;
}

/** Aligns demand, the path with its band, what was predicted before, its error, the operator's forecast and weather. */
export function chartColumns(input: ChartInput): ChartColumns {
  const { fromMs } = input;
  const demand = new Map(input.demand.between(fromMs));
  const untilMs = input.demand.lastTimeMs ?? Infinity;
  const predicted = new Map([...input.predicted.between(fromMs, untilMs)].map(([at, { mw }]) => [at, mw]));
  const operator = operatorPoints(input);
  const temperature = new Map(input.temperatureC.between(fromMs));
  const path = pathPoints(input.nowcast);
  const missing = new Set(missingTimes(demand, input.stepMs));
  const maps = [demand, predicted, operator, temperature, path];
  const timesMs = [...new Set([...missing, ...maps.flatMap((map) => [...map.keys()])])].sort((a, b) => a - b);
  const column = (map: ReadonlyMap<number, number>): Column => timesMs.map((timeMs) => map.get(timeMs));
  return {
    timeS: timesMs.map((timeMs) => timeMs / 1000),
    actual: timesMs.map((timeMs) => (missing.has(timeMs) ? null : demand.get(timeMs))),
    path: timesMs.map((timeMs) => path.get(timeMs)?.mw),
    p90: timesMs.map((timeMs) => path.get(timeMs)?.p90),
    p10: timesMs.map((timeMs) => path.get(timeMs)?.p10),
    predicted: column(predicted),
    operator: column(operator),
    errorPct: timesMs.map((timeMs) =>
      missing.has(timeMs) ? null : errorPct(predicted.get(timeMs), demand.get(timeMs)),
    ),
    temperatureC: column(temperature),
  };
}
