import { performance } from 'node:perf_hooks';
import { type ErrorCode, messageOf, NowcastError } from '../contracts/errors.js';
import type { TrainingRun } from '../contracts/records.js';
import { toEvents } from './event-columns.js';
import { fitZone, type FitOptions, type FitResult } from './fit-zone.js';
import { judge } from './gate.js';
import { verifyOnnx } from './verify-onnx.js';
import type { TrainStage, TrainTask, WorkerMessage } from './worker-messages.js';

/** Wall time of one stage after another. */
class StageClock {
  readonly stages: TrainingRun['stages'] = [];
  private current: TrainStage | null = null;
  private since = performance.now();

  enter(stage: TrainStage | null): void {
    if (stage === this.current) return;
    const now = performance.now();
    if (this.current !== null)
      this.stages.push({ name: this.current, durationMs: Math.round(now - this.since) });
    this.current = stage;
    this.since = now;
  }
}

/** Trains and verifies one zone, reporting as it goes. Never throws: a failure is a message, too. */
export async function runTrainTask(task: TrainTask, send: (message: WorkerMessage) => void): Promise<void> {
  const clock = new StageClock();
  const progress = (stage: TrainStage, fraction: number): void => {
    clock.enter(stage);
    send({ type: 'progress', stage, fraction });
  };
  try {
    const fit = fitZone(toEvents(task.columns), task.profile, fitOptionsOf(task, progress));
    progress('verify', 0.97);
    const onnxDifference = await verifyBoth(fit);
    progress('gate', 0.99);
    const manifest = { ...fit.manifest, gate: judge(fit.manifest.metrics) };
    clock.enter(null);
    const result = {
      manifest,
      artifact: fit.artifact,
      twin: fit.twin.artifact,
      stages: clock.stages,
      peakRssBytes: peakRss(),
      onnxDifference,
    };
    send({ type: 'done', result });
  } catch (error) {
    clock.enter(null);
    const code: ErrorCode = error instanceof NowcastError ? error.code : 'TRAINING_FAILED';
    send({ type: 'failed', code, message: messageOf(error), stages: clock.stages, peakRssBytes: peakRss() });
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
  const { seed, rowBudget, heldOutRowBudget, createdAtMs, gbdt } = task;
  return {
    seed,
    onProgress,
    ...(rowBudget === undefined ? {} : { rowBudget }),
    ...(heldOutRowBudget === undefined ? {} : { heldOutRowBudget }),
    ...(createdAtMs === undefined ? {} : { createdAtMs }),
    ...(gbdt === undefined ? {} : { gbdt }),
  };
}

/** Peak memory of the whole process; the operating system does not tell it by thread. */
function peakRss(): number {
  return process.resourceUsage().maxRSS * 1024;
}
