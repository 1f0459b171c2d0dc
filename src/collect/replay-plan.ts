import { NowcastError } from '../contracts/errors.js';
import { DAY_MS } from '../contracts/time.js';
import type { OperatorSeries } from '../sources/csv/operator-csv.js';
import { type DemandSeries, inferStepMinutes, type WeatherSeries } from '../sources/csv/series.js';
import { type InputRecord, sortByAvailability } from '../sources/input-record.js';
import { demandLane, type Lane, weatherLane } from './replay-lanes.js';
import { operatorLane } from './operator-lane.js';

export interface ReplayOptions {
  readonly demand: DemandSeries;
  readonly weather?: WeatherSeries;
  /** The operator's own forecasts, with issue times, of zones that have demand. */
  readonly operator?: OperatorSeries;
  /** Goes into every record, for example csv:file.csv. */
  readonly source: string;
  /** Asked for a zone whose step its own times do not show. */
  readonly configuredStepMinutes?: (zone: string) => number | null;
  /** Length of a chunk in time of availability. Default one day. */
  readonly chunkMs?: number;
}

/** Everything that became available in [fromMs, toMs), in order of availability, weather before demand. */
export interface ReplayChunk {
  readonly fromMs: number;
  readonly toMs: number;
  readonly records: readonly InputRecord[];
}

/** A recorded series as a stream of what became known when. */
export interface ReplayPlan {
  readonly stepMinutes: ReadonlyMap<string, number>;
  readonly firstAvailableAtMs: number;
  readonly lastAvailableAtMs: number;
  readonly totalRecords: number;
  /** In rising time; times without records are passed over. May be asked for again. */
  chunks(): Generator<ReplayChunk>;
}

/**
 * Plans the replay of recorded data. By convention demand became available when its interval ended and weather at the
 * instant that it is about. What the operator forecasts became available when it was issued.
 * @throws NowcastError INPUT_INVALID when a zone's step is neither in its times nor configured
 */
export function planReplay(options: ReplayOptions): ReplayPlan {
  const stepMinutes = new Map<string, number>();
  const lanes: Lane[] = [];
  for (const zone of options.weather?.zones ?? []) lanes.push(weatherLane(zone, options.source));
  for (const zone of options.demand.zones) {
    const step = inferStepMinutes(zone.timesMs) ?? options.configuredStepMinutes?.(zone.zone) ?? null;
    stepMinutes.set(zone.zone, requireStep(zone.zone, step));
    const demand = demandLane(zone, requireStep(zone.zone, step), options.source);
    const forecasts = options.operator?.zones.find((one) => one.zone === zone.zone);
    if (forecasts !== undefined) lanes.push(operatorLane(forecasts, demand, options.source));
    lanes.push(demand);
  }
  const filled = lanes.filter(({ length }) => length > 0);
  const edges = filled.flatMap((lane) => [lane.availableAtMs(0), lane.availableAtMs(lane.length - 1)]);
  const chunkMs = options.chunkMs ?? DAY_MS;
  return {
    stepMinutes,
    firstAvailableAtMs: Math.min(...edges),
    lastAvailableAtMs: Math.max(...edges),
    totalRecords: lanes.reduce((sum, lane) => sum + lane.length, 0),
    chunks: () => chunksOf(lanes, chunkMs),
  };
}

function* chunksOf(lanes: readonly Lane[], chunkMs: number): Generator<ReplayChunk> {
  const next = lanes.map(() => 0);
  for (;;) {
    const pending = lanes.map((lane, i) =>
      (next[i] ?? 0) < lane.length ? lane.availableAtMs(next[i] ?? 0) : Infinity,
    );
    const earliest = Math.min(...pending);
    if (earliest === Infinity) return;
    const fromMs = Math.floor(earliest / chunkMs) * chunkMs;
    const toMs = fromMs + chunkMs;
    const records: InputRecord[] = [];
    lanes.forEach((lane, i) => {
      let row = next[i] ?? 0;
      for (; row < lane.length && lane.availableAtMs(row) < toMs; row++) records.push(lane.record(row));
      next[i] = row;
    });
    yield { fromMs, toMs, records: sortByAvailability(records) };
  }
}

function requireStep(zone: string, stepMinutes: number | null): number {
  if (stepMinutes !== null) return stepMinutes;
  throw new NowcastError(
    'INPUT_INVALID',
    `the step of zone ${zone} cannot be told from its rows (no two usable times); state stepMinutes in the configuration`,
    { context: { zone } },
  );
}
