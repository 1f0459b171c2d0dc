import { performance } from 'node:perf_hooks';
import { messageOf, NowcastError } from '../contracts/errors.js';
import type { ModelRecord, TrainingRun } from '../contracts/records.js';
import { toIso } from '../contracts/time.js';
import { sleep } from '../ops/retry.js';
import { readServingRecords } from './champion.js';
import { type LaneLimits, planLanes } from './lane-plan.js';
import { MemoryWatch } from './memory-watch.js';
import { runIdOf } from './publish.js';
import type { ZoneInputs } from './read-inputs.js';
import { RunClaims } from './runs/run-claims.js';
import { TrainingAlerts } from './runs/training-alerts.js';
import { columnsAtOnce, readTaskInputs, type TaskInputs } from './task-inputs.js';
import { WorkerLane, workerUrl } from './worker-lane.js';
import type { TrainZonesOptions, ZoneTrainingOutcome } from './training-options.js';
import type { TrainTask } from './worker-messages.js';
import {
  asFailure,
  type Entry,
  finish,
  outcomeWithout,
  skip,
  trainZone,
  type TrainingShop,
} from './zone-training.js';
import { ZoneKeys, type ZoneSpan } from './zone-keys.js';
import { effortOf, taskOf } from './zone-task.js';

export type {
  TrainingOrder,
  TrainingProgress,
  TrainZonesOptions,
  ZoneRequest,
  ZoneTrainingOutcome,
} from './training-options.js';

const NO_LIMITS: LaneLimits = { concurrency: 2, threads: 64, maxMemoryMb: 1024 * 1024 };
/** How often a zone that another trainer has is looked at. */
const LOOK_AGAIN_MS = 500;

/**
 * Trains zones from the log, several at a time, each in a thread, and publishes every model on `models` (promoted or
 * rejected by the gate) and every run on `training.runs`, each as soon as it is done. A zone that another trainer has, in
 * whatever process, is trained once its turn comes, on what the log holds then. A zone that fails, by bad data or by a
 * crash, is a failed run with a reason; the others go on.
 * @throws NowcastError only when the log itself cannot be read or written
 */
export async function trainZones(options: TrainZonesOptions): Promise<ZoneTrainingOutcome[]> {
  const { log, codec, nowMs } = options;
  const startedAt = performance.now();
  const now = (): number => nowMs + Math.round(performance.now() - startedAt);
  const claims = options.claims ?? new RunClaims({ log, codec, now });
  const alerts = options.alerts ?? new TrainingAlerts(log, codec);
  const signal = options.signal ?? new AbortController().signal;
  const zones = await zonesToTrain(options);
  await claims.book.sync();
  let waiting = zones.map((zone): Entry => ({ run: newRun(zone, options, claims), enteredAtMs: startedAt }));
  const outcomes = new Map<string, ZoneTrainingOutcome>();
  const told = new Set<string>();
  try {
    await claims.enter(waiting.map(({ run }) => run));
    for (const zone of zones) options.onProgress?.(zone, 'queue', 0);
    while (waiting.length > 0 && !signal.aborted) {
      const ready = await firstInLine(waiting, claims);
      waiting = waiting.filter((entry) => !ready.includes(entry));
      for (const { run } of waiting) tellWaiting(run, told, { options, claims });
      if (ready.length === 0) await sleep(LOOK_AGAIN_MS, signal);
      await trainReady(ready, { options, claims, alerts }, outcomes);
    }
    for (const entry of waiting) await close(entry, { claims, alerts }, now(), null, outcomes);
  } catch (error) {
    for (const entry of waiting) await close(entry, { claims, alerts }, now(), error, outcomes);
    throw error;
  } finally {
    if (options.claims === undefined) claims.close();
  }
  return zones.flatMap((zone) => outcomes.get(zone) ?? []);
}

async function firstInLine(waiting: readonly Entry[], claims: RunClaims): Promise<Entry[]> {
  const ready: Entry[] = [];
  for (const entry of waiting) if (await claims.isFirst(entry.run.id)) ready.push(entry);
  return ready;
}

function tellWaiting(
  { id, zone }: TrainingRun,
  told: Set<string>,
  { options, claims }: Pick<TrainingShop, 'options' | 'claims'>,
): void {
  const [holder] = claims.book.line(zone);
  if (told.has(zone) || holder === undefined || holder.run.id === id) return;
  told.add(zone);
  options.onWaiting?.(zone, holder.run);
}

/** Ends a run that was never begun. */
async function close(
  { run }: Entry,
  shop: Pick<TrainingShop, 'claims' | 'alerts'>,
  nowMs: number,
  cause: unknown,
  outcomes: Map<string, ZoneTrainingOutcome>,
): Promise<void> {
  const error =
    cause === null
      ? new NowcastError('TRAINING_INTERRUPTED', `training of zone ${run.zone} was told to stop`)
      : asFailure(cause, run.zone);
  outcomes.set(run.zone, outcomeWithout(run, 'failed', 0, error));
  const text = `${error.code}: ${messageOf(error)}`;
  await finish(shop, { ...run, status: 'failed', finishedAt: toIso(nowMs), error: text }).catch(
    () => undefined,
  );
}

/** So many threads at a time work the zones off; all of them have ended when this does. */
async function trainReady(
  ready: readonly Entry[],
  shop: Pick<TrainingShop, 'options' | 'claims' | 'alerts'>,
  outcomes: Map<string, ZoneTrainingOutcome>,
): Promise<void> {
  const { options } = shop;
  const wanted: Entry[] = [];
  for (const entry of ready) {
    const why = options.skipReason?.(entry.run) ?? null;
    if (why === null) wanted.push(entry);
    else outcomes.set(entry.run.zone, await skip(entry, why, shop));
  }
  if (wanted.length === 0) return;
  for (const { run } of wanted) options.onProgress?.(run.zone, 'read', 0);
  const readAt = performance.now();
  let inputs: TaskInputs;
  let serving: ReadonlyMap<string, ModelRecord>;
  const memory = new MemoryWatch((options.limits ?? NO_LIMITS).maxMemoryMb);
  try {
    inputs = await readTaskInputs(
      wanted.map(({ run }) => run.zone),
      options,
    );
    serving = await readServingRecords(options.log, options.codec);
  } catch (error) {
    for (const entry of wanted) await close(entry, shop, options.nowMs, error, outcomes);
    throw error;
  }
  const plan = planLanes(columnsAtOnce(inputs), options.limits ?? NO_LIMITS, effortOf(options));
  const stagesBefore = [{ name: 'read', durationMs: Math.round(performance.now() - readAt) }];
  const queue = longestFirst(wanted, inputs.zones);
  const runLane = async (): Promise<void> => {
    const lane = new WorkerLane({
      url: options.worker ?? workerUrl(),
      heapLimitMb: plan.heapLimitMb,
      niceness: options.niceness ?? 0,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    try {
      for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
        const { zone } = entry.run;
        if (options.signal?.aborted === true) {
          await close(entry, shop, options.nowMs, null, outcomes);
          continue;
        }
        const task = (): TrainTask => taskOf(entry.run, inputs, serving, options);
        outcomes.set(zone, await trainZone(entry, task, lane, { ...shop, memory, plan, stagesBefore }));
        inputs.zones.delete(zone);
      }
    } finally {
      await lane.close();
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: plan.lanes }, runLane));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}

async function zonesToTrain({ zones = [], log, untilMs }: TrainZonesOptions): Promise<string[]> {
  if (zones.length > 0) return [...new Set(zones)];
  const found = await new ZoneKeys(log, () => 0).sync();
  const isKnownBy = ({ firstMs }: ZoneSpan): boolean => untilMs === undefined || firstMs <= untilMs;
  return [...found].flatMap(([zone, span]) => (isKnownBy(span) ? [zone] : [])).sort();
}

/** The longest history first, so that it does not end up alone at the end. */
function longestFirst(entries: readonly Entry[], inputs: ReadonlyMap<string, ZoneInputs>): Entry[] {
  const size = ({ run }: Entry): number => inputs.get(run.zone)?.columns.demand.length ?? 0;
  return [...entries].sort((a, b) => size(b) - size(a) || (a.run.zone < b.run.zone ? -1 : 1));
}

function newRun(zone: string, { kind, nowMs, requests }: TrainZonesOptions, claims: RunClaims): TrainingRun {
  const id = runIdOf(zone, kind, nowMs);
  const { ids = [id], requestedBy = null } = requests?.get(zone) ?? {};
  const attempts = ids.map((requestId) => claims.book.attempts(requestId, zone)).filter(Number.isFinite);
  return {
    id,
    zone,
    kind,
    status: 'queued',
    startedAt: toIso(nowMs),
    finishedAt: null,
    stages: [],
    rows: 0,
    peakRssBytes: null,
    modelVersion: null,
    error: null,
    requestIds: [...ids],
    requestedBy,
    attempt: 1 + Math.max(0, ...attempts),
    trainer: { ...claims.identity },
  };
}
