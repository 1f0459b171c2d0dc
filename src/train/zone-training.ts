import { performance } from 'node:perf_hooks';
import { NowcastError } from '../contracts/errors.js';
import type { ModelRecord, TrainingRun } from '../contracts/records.js';
import { toIso } from '../contracts/time.js';
import type { LanePlan } from './lane-plan.js';
import type { MemoryWatch } from './memory-watch.js';
import { publishModel } from './publish.js';
import type { TrainZonesOptions, ZoneTrainingOutcome } from './training-options.js';
import type { RunClaims } from './runs/run-claims.js';
import type { TrainingAlerts } from './runs/training-alerts.js';
import { TaskFailure, type WorkerLane } from './worker-lane.js';
import type { TaskUsage, TrainedZone, TrainTask } from './worker-messages.js';

/** One zone on its way through a training. */
export interface Entry {
  /** As it entered the line. */
  readonly run: TrainingRun;
  readonly enteredAtMs: number;
}

/** What the trainings of one call share. */
export interface TrainingShop {
  readonly options: TrainZonesOptions;
  readonly claims: RunClaims;
  readonly alerts: TrainingAlerts;
  readonly memory: MemoryWatch;
  readonly plan: LanePlan;
  /** What was done for all zones before, for the record. */
  readonly stagesBefore: TrainingRun['stages'];
}

/**
 * Trains one zone that stands first in its line: run record, worker thread, model, run record again, alerts.
 * @param task throws when the zone cannot be trained at all
 */
export async function trainZone(
  { run: entered, enteredAtMs }: Entry,
  task: () => TrainTask,
  lane: WorkerLane,
  shop: TrainingShop,
): Promise<ZoneTrainingOutcome> {
  const { options, claims, memory, plan } = shop;
  const { zone } = entered;
  const startedAt = performance.now();
  const stagesBefore = withQueue(shop.stagesBefore, startedAt - enteredAtMs);
  let run: TrainingRun = { ...entered, status: 'running', stages: stagesBefore };
  await claims.update(run);
  let end: (message: string) => void = () => undefined;
  const watched = memory.watch((message) => end(message));
  const resources = (usage: TaskUsage | null): Partial<TrainingRun> => ({
    stages: [...stagesBefore, ...(usage?.stages ?? [])],
    peakRssBytes: usage?.peakRssBytes ?? null,
    resources: {
      cpuSeconds: usage?.cpuSeconds ?? null,
      peakRssBytes: watched.peakRssBytes(),
      threads: plan.lanes,
      heapLimitMb: plan.heapLimitMb,
    },
  });
  try {
    const trained = await lane.run(task(), {
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      onStarted: (ender) => (end = ender),
      onProgress: (stage, fraction) => {
        run = { ...run, progress: { stage, fraction: Math.min(1, Math.max(0, fraction)) } };
        void claims.update(run, true);
        options.onProgress?.(zone, stage, fraction);
      },
    });
    const used = resources(trained.usage);
    return await publish(entered, trained, used, startedAt, shop);
  } catch (error) {
    const failure = asFailure(error, zone);
    return await fail(entered, failure, resources(failure.usage), startedAt, shop);
  } finally {
    watched.stop();
  }
}

async function publish(
  entered: TrainingRun,
  trained: TrainedZone,
  used: Partial<TrainingRun>,
  startedAt: number,
  shop: TrainingShop,
): Promise<ZoneTrainingOutcome> {
  const { options, claims } = shop;
  const { zone, id } = entered;
  if (await claims.wasClosed(id)) {
    throw new NowcastError(
      'TRAINING_INTERRUPTED',
      `training of zone ${zone} was too slow to renew its run: another trainer took the zone, nothing is published`,
    );
  }
  const publishedAt = performance.now();
  const { manifest, onnxDifference } = trained;
  const model = await publishModel(options, trained, endOf(options, startedAt));
  const status = manifest.gate.verdict === 'promoted' ? 'succeeded' : 'rejected';
  const stage = { name: 'publish', durationMs: Math.round(performance.now() - publishedAt) };
  await finish(shop, {
    ...entered,
    ...used,
    stages: [...(used.stages ?? []), stage],
    status,
    finishedAt: toIso(endOf(options, startedAt)),
    rows: manifest.rows,
    modelVersion: manifest.version,
    ...reportOf(entered, trained, options),
  });
  options.onProgress?.(zone, 'publish', 1);
  const seconds = (performance.now() - startedAt) / 1000;
  const { rows } = manifest;
  return { zone, runId: id, status, model, rows, seconds, onnxDifference, error: null };
}

/** A report that cannot be written costs no model. */
function reportOf(
  run: TrainingRun,
  { deep, manifest }: TrainedZone,
  { writeReport }: TrainZonesOptions,
): Pick<TrainingRun, 'report'> {
  if (deep === undefined || writeReport === undefined) return {};
  try {
    return { report: writeReport(run, deep, manifest) };
  } catch {
    return { report: null };
  }
}

async function fail(
  entered: TrainingRun,
  failure: TaskFailure,
  used: Partial<TrainingRun>,
  startedAt: number,
  shop: TrainingShop,
): Promise<ZoneTrainingOutcome> {
  const error = `${failure.code}: ${failure.message}`;
  const finishedAt = toIso(endOf(shop.options, startedAt));
  await finish(shop, { ...entered, ...used, status: 'failed', finishedAt, error });
  return outcomeWithout(entered, 'failed', (performance.now() - startedAt) / 1000, failure);
}

/** Ends a run without a training. */
export async function skip(
  { run }: Entry,
  why: string,
  { options, ...shop }: Pick<TrainingShop, 'options' | 'claims' | 'alerts'>,
): Promise<ZoneTrainingOutcome> {
  const finishedAt = toIso(options.nowMs);
  await finish(shop, { ...run, status: 'skipped', finishedAt, error: why });
  return outcomeWithout(run, 'skipped', 0, null);
}

export async function finish(
  { claims, alerts }: Pick<TrainingShop, 'claims' | 'alerts'>,
  run: TrainingRun,
): Promise<void> {
  await claims.finish(run);
  await alerts.note(run);
}

export function outcomeWithout(
  { zone, id }: TrainingRun,
  status: 'failed' | 'skipped',
  seconds: number,
  error: NowcastError | null,
): ZoneTrainingOutcome {
  const model: ModelRecord | null = null;
  return { zone, runId: id, status, model, rows: 0, seconds, onnxDifference: null, error };
}

/** Anything that was thrown, as the failure of a zone. */
export function asFailure(error: unknown, zone: string): TaskFailure {
  if (error instanceof TaskFailure) return error;
  const known =
    error instanceof NowcastError
      ? error
      : new NowcastError('TRAINING_FAILED', `training of zone ${zone} failed: ${String(error)}`, {
          cause: error,
        });
  return new TaskFailure(known, null);
}

function endOf({ nowMs }: TrainZonesOptions, startedAt: number): number {
  return nowMs + Math.round(performance.now() - startedAt);
}

/** The time between entering the line and beginning, without what is told as a stage of its own. */
function withQueue(before: TrainingRun['stages'], sinceEnteredMs: number): TrainingRun['stages'] {
  const told = before.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return [{ name: 'queue', durationMs: Math.max(0, Math.round(sinceEnteredMs - told)) }, ...before];
}
