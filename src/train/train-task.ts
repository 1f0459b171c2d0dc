import { type ErrorCode, messageOf, NowcastError } from '../contracts/errors.js';
import { toEvents } from './event-columns.js';
import { fitZone, type FitOptions, type FitResult } from './fit-zone.js';
import { judgeFit } from './gate-run.js';
import { StageClock } from './stage-clock.js';
import { threadCpuSeconds } from './thread-usage.js';
import { verifyOnnx } from './verify-onnx.js';
import type { TaskUsage, TrainStage, TrainTask, WorkerMessage } from './worker-messages.js';

/** Trains and verifies one zone, reporting as it goes. Never throws: a failure is a message, too. */
export async function runTrainTask(task: TrainTask, send: (message: WorkerMessage) => void): Promise<void> {
  const clock = new StageClock<TrainStage>();
  const cpuBefore = threadCpuSeconds();
  const progress = (stage: TrainStage, fraction: number): void => {
    clock.enter(stage);
    send({ type: 'progress', stage, fraction });
  };
  try {
    const fit = fitZone(toEvents(task.columns), task.profile, fitOptionsOf(task, progress));
    progress('verify', 0.97);
    const onnxDifference = await verifyBoth(fit);
    progress('gate', 0.99);
    const manifest = { ...fit.manifest, gate: await judgeFit(fit, task.champion, task.gate) };
    const usage = usageOf(clock, cpuBefore);
    const result = { manifest, artifact: fit.artifact, twin: fit.twin.artifact, usage, onnxDifference };
    send({ type: 'done', result });
  } catch (error) {
    const code: ErrorCode = error instanceof NowcastError ? error.code : 'TRAINING_FAILED';
    send({ type: 'failed', code, message: messageOf(error), usage: usageOf(clock, cpuBefore) });
  }
}

/** ONNX Runtime must agree with the trainer on the model that goes out and on its twin. */
async function verifyBoth({ manifest, artifact, expected, twin, block }: FitResult): Promise<number> {
  const served = await verifyOnnx(manifest.version, artifact, block.features, expected);
  const judged = await verifyOnnx(`${manifest.version} (twin)`, twin.artifact, block.features, twin.expected);
  return Math.max(served, judged);
}

function fitOptionsOf(
  task: TrainTask,
  onProgress: (stage: TrainStage, fraction: number) => void,
): FitOptions {
  const { seed, rowBudget, heldOutRowBudget, createdAtMs, recipe } = task;
  return {
    seed,
    onProgress,
    ...(rowBudget === undefined ? {} : { rowBudget }),
    ...(heldOutRowBudget === undefined ? {} : { heldOutRowBudget }),
    ...(createdAtMs === undefined ? {} : { createdAtMs }),
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
