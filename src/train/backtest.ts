import { performance } from 'node:perf_hooks';
import { NowcastError } from '../contracts/errors.js';
import { DAY_MS, MINUTE_MS, toIso } from '../contracts/time.js';
import { FEATURE_COUNT } from '../features/feature-names.js';
import type { InputEvent, WeatherEvent } from '../features/input-event.js';
import { RowBuffer } from '../features/row-buffer.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import type { NowcastRequest } from '../nowcast/request.js';
import { createZoneStream, ingest } from '../nowcast/step.js';
import { BacktestBands, type WalkStep } from './backtest-bands.js';
import { BacktestModel, type BacktestTraining } from './backtest-model.js';
import {
  type BacktestHorizon,
  type BacktestOrigin,
  type BacktestPrediction,
  BacktestScorer,
} from './backtest-rows.js';
import { perfectForecasts } from './perfect-forecast.js';
import type { PoolingRecord } from './pooling/pool.js';
import { inReplayOrder } from './replay-order.js';
import type { OperatorForecast } from './scoring/operator-forecast.js';
import type { ScoredRow } from './scoring/scored-row.js';

export interface BacktestOptions extends BacktestTraining {
  /** Of one zone; each type in the order in which it became available. */
  readonly events: readonly InputEvent[];
  /** Its horizons are the ones that are trained and scored. */
  readonly profile: ZoneProfile;
  /** The first model knows nothing that became available later; rows whose target is at or after it are scored. */
  readonly testFromMs: number;
  /** `none`: only forecasts among the events; `perfect`: the later observations stand in for forecasts. */
  readonly futureWeather: 'none' | 'perfect';
  /** Train again after so many days of the test, on everything known by then; by default never. */
  readonly refitEveryDays?: number;
  /** Every scored row, by rising origin. */
  readonly onPrediction?: (prediction: BacktestPrediction) => void;
  /** The operator's own forecast, to compare with. */
  readonly operator?: OperatorForecast;
  readonly observer?: BacktestObserver;
}

/** Looks on as the walk goes; nothing of it is done for a walk that nobody observes. */
export interface BacktestObserver {
  /** Every scored row, by rising origin; the row is reused. */
  readonly onRow?: (row: Readonly<ScoredRow>) => void;
  /** Every origin that was nowcast, also one whose own value is unknown and whose rows are not scored. */
  readonly onForecasts?: (origins: readonly BacktestOrigin[]) => void;
  /** Requests that `model` has just answered; the buffer holds their rows and is reused. */
  readonly onAnswered?: (
    model: BacktestModel,
    requests: readonly NowcastRequest[],
    buffer: RowBuffer,
  ) => void;
  /** Awaited between batches of origins: back-pressure of whoever writes them down. */
  readonly ready?: () => Promise<void>;
  /** The last model, before it is released. */
  readonly onEnd?: (model: BacktestModel) => Promise<void>;
}

/** Backtest JSON of INTERFACES. */
export interface BacktestResult {
  readonly zone: string;
  readonly stepMinutes: number;
  /** Of the first model. */
  readonly trainedUntil: string;
  /** Training rows of the last model. */
  readonly rows: number;
  /** All trainings together. */
  readonly trainSeconds: number;
  readonly horizons: readonly BacktestHorizon[];
  /** Of the last model: with which zones it was trained together. Absent when it was trained on its own rows alone. */
  readonly pooling?: PoolingRecord;
  /** Only where an operator's forecast was given. `unknown`: it may have been issued after the origin. */
  readonly operator?: { readonly issueTime: 'known' | 'unknown' };
}

/** Origins whose rows go through ONNX Runtime together. */
const ORIGINS_AT_ONCE = 64;

/**
 * Trains before `testFromMs` and walks forward after it: every origin is nowcast by the stream's own step, at the moment
 * its demand became available, and answered by ONNX Runtime with the model that was the newest by then.
 * @throws NowcastError TRAINING_DATA_SHORT; INPUT_EMPTY when nothing is left to test
 */
export async function backtest(options: BacktestOptions): Promise<BacktestResult> {
  const { profile, testFromMs } = options;
  const events = inReplayOrder(withForecasts(options), Number.POSITIVE_INFINITY);
  const trainer = new ModelSchedule(events, options);
  const { operator, onPrediction, observer } = options;
  const scorer = new BacktestScorer({
    profile,
    testFromMs,
    ...(operator === undefined ? {} : { operator }),
    ...(onPrediction === undefined ? {} : { onPrediction }),
    ...(observer?.onRow === undefined ? {} : { onRow: observer.onRow }),
  });
  await walkForward(events, options, trainer, scorer);
  options.onProgress?.('score', 0);
  const horizons = scorer.finish();
  await observer?.ready?.();
  if (horizons.every(({ n }) => n === 0)) {
    throw new NowcastError(
      'INPUT_EMPTY',
      `zone ${profile.zone} has no demand to test on at or after ${toIso(testFromMs)}`,
    );
  }
  options.onProgress?.('score', 1);
  return {
    zone: profile.zone,
    stepMinutes: profile.stepMs / MINUTE_MS,
    trainedUntil: toIso(testFromMs),
    rows: trainer.rows,
    trainSeconds: trainer.seconds,
    horizons,
    ...(trainer.pooling === undefined ? {} : { pooling: trainer.pooling }),
    ...(operator === undefined
      ? {}
      : { operator: { issueTime: operator.issueTimeKnown ? 'known' : 'unknown' } }),
  };
}

function withForecasts({ events, futureWeather, profile }: BacktestOptions): readonly InputEvent[] {
  if (futureWeather === 'none') return events;
  const weather = events.filter((event): event is WeatherEvent => event.type === 'weather');
  const rising = [...weather].sort((a, b) => a.validTimeMs - b.validTimeMs);
  return [...events.filter(({ type }) => type !== 'forecast'), ...perfectForecasts(rising, profile)];
}

/** The models of the walk: trained when the walk reaches their time, on what was known by then. */
class ModelSchedule {
  rows = 0;
  pooling: PoolingRecord | undefined;
  seconds = 0;
  private current: BacktestModel | null = null;
  private validToMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly events: readonly InputEvent[],
    private readonly options: BacktestOptions,
  ) {}

  /** Whether `modelAt` would train, which ends the model it gave before. */
  isDue(originMs: number): boolean {
    return this.current === null || originMs >= this.validToMs;
  }

  /** The model for an origin; origins before the test, whose targets reach into it, take the first. */
  async modelAt(originMs: number): Promise<BacktestModel> {
    const everyMs = (this.options.refitEveryDays ?? Number.POSITIVE_INFINITY) * DAY_MS;
    if (this.current !== null && !this.isDue(originMs)) return this.current;
    const { testFromMs } = this.options;
    const periods = Number.isFinite(everyMs) ? Math.max(0, Math.floor((originMs - testFromMs) / everyMs)) : 0;
    const untilMs = testFromMs + (periods === 0 ? 0 : periods * everyMs);
    await this.current?.release();
    const startedAt = performance.now();
    this.current = await BacktestModel.train(this.events, this.options, untilMs);
    this.seconds += (performance.now() - startedAt) / 1000;
    this.rows = this.current.manifest.rows;
    this.pooling = this.current.manifest.pooling;
    this.validToMs = untilMs + everyMs;
    return this.current;
  }

  async release(): Promise<void> {
    await this.current?.release();
    this.current = null;
  }
}

async function walkForward(
  events: readonly InputEvent[],
  options: BacktestOptions,
  models: ModelSchedule,
  scorer: BacktestScorer,
): Promise<void> {
  const { profile, testFromMs, observer } = options;
  const longestMs = (profile.horizonsMinutes.at(-1) ?? 0) * MINUTE_MS;
  const stream = createZoneStream(profile);
  const buffer = new RowBuffer(FEATURE_COUNT, ORIGINS_AT_ONCE * profile.horizonsMinutes.length);
  const bands = new BacktestBands(profile);
  let waiting: NowcastRequest[] = [];
  let steps: WalkStep[] = [];
  let model: BacktestModel | null = null;
  const flush = async (): Promise<void> => {
    if (waiting.length === 0 || model === null) return;
    const origins = bands.correct(steps, await model.answer(waiting, buffer), model.manifest);
    scorer.addOrigins(origins);
    observer?.onForecasts?.(origins);
    observer?.onAnswered?.(model, waiting, buffer);
    waiting = [];
    steps = [];
    buffer.reset();
    scorer.settle(stream.asOfMs);
    await observer?.ready?.();
  };
  try {
    for (let i = 0; i < events.length; i += 1) {
      const event = events[i];
      if (event === undefined) continue;
      const emit = event.type === 'demand' && event.validTimeMs + longestMs >= testFromMs;
      if (emit && models.isDue(event.validTimeMs)) {
        await flush();
        model = await models.modelAt(event.validTimeMs);
      }
      const { request, findings } = ingest(stream, event, null, buffer, emit);
      if (event.type === 'demand' && !findings.some(({ action }) => action === 'quarantined')) {
        const known = stream.state.demandAt(event.validTimeMs);
        if (!Number.isNaN(known)) {
          scorer.addActual(event.validTimeMs, known);
          steps.push({ timeMs: event.validTimeMs, mw: known });
        }
      }
      // Re-issued nowcasts knew more than the first one did; only the first is scored.
      if (request === null || request.revision > 0) continue;
      waiting.push(request);
      steps.push('request');
      if (waiting.length >= ORIGINS_AT_ONCE) {
        await flush();
        options.onProgress?.('walk', i / events.length);
      }
    }
    await flush();
    scorer.settle(Number.POSITIVE_INFINITY);
    if (model !== null) await observer?.onEnd?.(model);
  } finally {
    await models.release();
  }
}
