import { performance } from 'node:perf_hooks';
import { type ErrorCode, messageOf, NowcastError } from '../contracts/errors.js';
import type { InputEvent } from '../features/input-event.js';
import type { DeepReport } from './deep/deep-report.js';
import { ablateFit } from './deep/measure.js';
import { type Preparation, prepareDeep } from './deep/prepare.js';
import { toEvents } from './event-columns.js';
import { fitZone, type FitOptions, type FitResult } from './fit-zone.js';
import { judgeFit } from './gate-run.js';
import { poolingOf } from './pooling/task-donors.js';
import { isOwn, type Recipe } from './recipe.js';
import { StageClock } from './stage-clock.js';
import { threadCpuSeconds } from './thread-usage.js';
import { verifyOnnx } from './verify-onnx.js';
import {
  type TaskUsage,
  type TrainStage,
  type TrainTask,
  versionOfChampion,
  type WorkerMessage,
} from './worker-messages.js';

/** Trains and verifies one zone, reporting as it goes. Never throws: a failure is a message, too. */
export async function runTrainTask(task: TrainTask, send: (message: WorkerMessage) => void): Promise<void> {
  const clock = new StageClock<TrainStage>();
  const cpuBefore = threadCpuSeconds();
  const progress = (stage: TrainStage, fraction: number): void => {
    clock.enter(stage);
    send({ type: 'progress', stage, fraction });
  };
  try {
    const events = toEvents(task.columns);
    const prepared = await prepare(events, task, progress);
    const recipe = prepared?.recipe ?? task.recipe ?? {};
    const fit = await fitZone(events, task.profile, fitOptionsOf(task, recipe, progress));
    progress('verify', 0.97);
    const onnxDifference = await verifyBoth(fit);
    progress('gate', 0.99);
    const chosen = provenanceOf(task, fit, recipe, prepared !== null);
    const gate = await judgeFit(fit, task.champion, task.gate);
    const manifest = { ...fit.manifest, gate, ...(chosen === undefined ? {} : { recipe: chosen }) };
    const deep = prepared === null ? {} : { deep: await reportOf(prepared, fit, task, progress) };
    const usage = usageOf(clock, cpuBefore);
    const result = {
      manifest,
      artifact: fit.artifact,
      twin: fit.twin.artifact,
      championVersion: versionOfChampion(task.champion),
      usage,
      onnxDifference,
    };
    send({ type: 'done', result: { ...result, ...deep } });
  } catch (error) {
    const code: ErrorCode = error instanceof NowcastError ? error.code : 'TRAINING_FAILED';
    send({ type: 'failed', code, message: messageOf(error), usage: usageOf(clock, cpuBefore) });
  }
}

type Progress = (stage: TrainStage, fraction: number) => void;

/** Share of a deep training before its final fit, for the progress. */
const PREPARED = { validate: 0.02, search: 0.4, 'cross-validate': 0.6 } as const;

/** What a deep training does before its final fit; null for any other. */
async function prepare(
  events: readonly InputEvent[],
  { deep, profile, fit: { seed, rowBudget }, recipe = {} }: TrainTask,
  progress: Progress,
): Promise<Preparation | null> {
  if (deep === undefined) return null;
  const from = { validate: 0, search: PREPARED.validate, 'cross-validate': PREPARED.search } as const;
  return prepareDeep(events, profile, {
    ...deep,
    seed,
    recipe,
    nowMs: () => performance.now(),
    onProgress: (stage, fraction) =>
      progress(stage, from[stage] + (PREPARED[stage] - from[stage]) * fraction),
    ...(rowBudget === undefined ? {} : { rowBudget }),
  });
}

async function reportOf(
  prepared: Preparation,
  fitted: FitResult,
  { profile, fit: { seed } }: TrainTask,
  progress: Progress,
): Promise<DeepReport> {
  progress('ablate', 0.99);
  return { zone: profile.zone, ...prepared, ablation: await ablateFit(fitted, seed) };
}

/** Where parameters other than the program's own come from. */
function provenanceOf(
  { chosen, recipe: before, runId }: TrainTask,
  { manifest }: FitResult,
  recipe: Recipe,
  isDeep: boolean,
): TrainTask['chosen'] {
  if (isOwn(recipe)) return undefined;
  if (!isDeep || recipe === before) return chosen;
  return { parameters: { ...recipe }, chosenAt: manifest.createdAt, run: runId };
}

/** ONNX Runtime must agree with the trainer on the model that goes out and on its twin. */
async function verifyBoth({ manifest, artifact, expected, twin, block }: FitResult): Promise<number> {
  const served = await verifyOnnx(manifest.version, artifact, block.features, expected);
  const judged = await verifyOnnx(`${manifest.version} (twin)`, twin.artifact, block.features, twin.expected);
  return Math.max(served, judged);
}

function fitOptionsOf({ fit, deep, donors }: TrainTask, recipe: Recipe, progress: Progress): FitOptions {
  const begun = deep === undefined ? 0 : PREPARED['cross-validate'];
  return {
    ...fit,
    ...(donors === undefined ? {} : { pooling: poolingOf(donors) }),
    onProgress: (stage, fraction) => progress(stage, begun + (1 - begun) * fraction),
    ...recipe,
  };
}

/** What the task used until now; ends the running stage. */
function usageOf(clock: StageClock<TrainStage>, cpuBefore: number | null): TaskUsage {
  clock.enter(null);
  const cpuNow = threadCpuSeconds();
  return {
    stages: clock.stages,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    cpuSeconds: cpuNow === null || cpuBefore === null ? null : Number((cpuNow - cpuBefore).toFixed(2)),
  };
}
