import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { messageOf, NowcastError } from '../contracts/errors.js';
import type { TrainingRun } from '../contracts/records.js';
import type { TrainedZone, TrainStage, TrainTask, WorkerMessage } from './worker-messages.js';

/** A failed training with what it had measured until then. */
export class TaskFailure extends NowcastError {
  readonly stages: TrainingRun['stages'];
  readonly peakRssBytes: number | null;

  constructor(cause: NowcastError, stages: TrainingRun['stages'], peakRssBytes: number | null) {
    super(cause.code, cause.message, { cause });
    this.stages = stages;
    this.peakRssBytes = peakRssBytes;
  }
}

/** The compiled worker beside this file, or in dist when this file runs uncompiled (tests). */
export function workerUrl(): URL {
  const beside = new URL('./worker.js', import.meta.url);
  const url = existsSync(fileURLToPath(beside))
    ? beside
    : new URL('../../dist/train/worker.js', import.meta.url);
  if (existsSync(fileURLToPath(url))) return url;
  throw new NowcastError(
    'TRAINING_FAILED',
    'the training worker is not built; run `npm run build:server` first',
  );
}

/**
 * One training thread, kept from task to task so that its code stays compiled; a thread that dies is replaced at the
 * next task. Nothing that happens in it can take this process down.
 */
export class WorkerLane {
  private worker: Worker | null = null;

  /** @param signal ends the running task, which then fails as cancelled */
  constructor(
    private readonly url: URL,
    private readonly signal?: AbortSignal,
  ) {}

  /** @throws TaskFailure TRAINING_DATA_SHORT, TRAINING_FAILED */
  async run(
    task: TrainTask,
    onProgress: (stage: TrainStage, fraction: number) => void,
  ): Promise<TrainedZone> {
    const worker = this.worker ?? new Worker(this.url);
    this.worker = worker;
    const { columns } = task;
    const outcome = waitFor(worker, task.profile.zone, onProgress, this.signal);
    worker.postMessage(task, [
      columns.demand.buffer,
      columns.weather.buffer,
      columns.forecasts.buffer,
    ] as ArrayBuffer[]);
    const { result, died } = await outcome;
    if (died) this.worker = null;
    if (result instanceof TaskFailure) throw result;
    return result;
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = null;
    await worker?.terminate();
  }
}

interface TaskOutcome {
  readonly result: TrainedZone | TaskFailure;
  readonly died: boolean;
}

function waitFor(
  worker: Worker,
  zone: string,
  onProgress: (stage: TrainStage, fraction: number) => void,
  signal: AbortSignal | undefined,
): Promise<TaskOutcome> {
  return new Promise((resolve) => {
    const settle = (result: TrainedZone | TaskFailure, died: boolean): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      signal?.removeEventListener('abort', onAbort);
      resolve({ result, died });
    };
    const onMessage = (message: WorkerMessage): void => {
      if (message.type === 'progress') onProgress(message.stage, message.fraction);
      else if (message.type === 'done') settle(message.result, false);
      else
        settle(
          new TaskFailure(
            new NowcastError(message.code, message.message),
            message.stages,
            message.peakRssBytes,
          ),
          false,
        );
    };
    const crash = (why: string): void => {
      const error = new NowcastError('TRAINING_FAILED', `training of zone ${zone} crashed: ${why}`, {
        context: { zone },
      });
      settle(new TaskFailure(error, [], null), true);
    };
    const onError = (error: unknown): void => crash(messageOf(error));
    const onExit = (code: number): void => crash(`its thread ended with exit code ${String(code)}`);
    const onAbort = (): void => {
      void worker.terminate();
      const error = new NowcastError('TRAINING_FAILED', `training of zone ${zone} was cancelled`, {
        context: { zone },
      });
      settle(new TaskFailure(error, [], null), true);
    };
    signal?.addEventListener('abort', onAbort);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}
