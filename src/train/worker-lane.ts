import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type ErrorCode, messageOf, NowcastError } from '../contracts/errors.js';
import { MINUTE_MS } from '../contracts/time.js';
import { keepOut, newNativeGuard } from './native-guard.js';
import { StageClock } from './stage-clock.js';
import type {
  TaskUsage,
  TrainedZone,
  TrainStage,
  TrainTask,
  WorkerMessage,
  WorkerSetup,
} from './worker-messages.js';

/** A failed training with what it had used until then. */
export class TaskFailure extends NowcastError {
  readonly usage: TaskUsage | null;

  constructor(cause: NowcastError, usage: TaskUsage | null) {
    super(cause.code, cause.message, { cause });
    this.usage = usage;
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

/** Longest native call that an end waits for. */
const LEAVE_WITHIN_MS = 30_000;

export interface LaneOptions {
  readonly url: URL;
  /** Heap of the thread; beyond it the thread ends, and nothing else. */
  readonly heapLimitMb: number;
  readonly niceness: number;
  /** Ends the running task, which then fails as interrupted. */
  readonly signal?: AbortSignal;
}

export interface TaskHooks {
  readonly onProgress: (stage: TrainStage, fraction: number) => void;
  /** A task that takes longer is ended. By default there is no limit. */
  readonly timeoutMs?: number;
  /** Given the means to end the task with a reason. */
  readonly onStarted?: (end: (message: string) => void) => void;
}

/**
 * One training thread, kept from task to task so that its code stays compiled; a thread that dies is replaced at the
 * next task. Nothing that happens in it can take this process down.
 */
export class WorkerLane {
  private worker: Worker | null = null;
  private guard = newNativeGuard();

  constructor(private readonly options: LaneOptions) {}

  /** @throws TaskFailure TRAINING_DATA_SHORT, TRAINING_FAILED, TRAINING_TIMEOUT, TRAINING_INTERRUPTED */
  async run(task: TrainTask, hooks: TaskHooks): Promise<TrainedZone> {
    const worker = this.worker ?? this.start();
    this.worker = worker;
    const { columns } = task;
    const outcome = waitFor(worker, task.profile.zone, hooks, this.options.signal);
    worker.postMessage(task, [
      columns.demand.buffer,
      columns.weather.buffer,
      columns.forecasts.buffer,
      columns.operator.buffer,
    ] as ArrayBuffer[]);
    const { result, died } = await outcome;
    if (died) await this.close();
    if (result instanceof TaskFailure) throw result;
    return result;
  }

  /** Ends the thread, within a few milliseconds unless it is checking a whole model. */
  async close(): Promise<void> {
    const { worker, guard } = this;
    this.worker = null;
    if (worker === null) return;
    if (await keepOut(guard, LEAVE_WITHIN_MS)) await worker.terminate();
    // Ended by force it would take the process along; it ends by itself when it comes out.
    else worker.unref();
  }

  private start(): Worker {
    const { url, heapLimitMb, niceness } = this.options;
    this.guard = newNativeGuard();
    const worker = new Worker(url, {
      resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
      workerData: { niceness, guard: this.guard } satisfies WorkerSetup,
    });
    // A thread that fails while it has no task would be an uncaught exception of the process.
    worker.on('error', () => {
      if (this.worker === worker) this.worker = null;
    });
    return worker;
  }
}

interface TaskOutcome {
  readonly result: TrainedZone | TaskFailure;
  /** The thread is gone, or must go: it may still be busy. */
  readonly died: boolean;
}

function waitFor(
  worker: Worker,
  zone: string,
  { onProgress, timeoutMs, onStarted }: TaskHooks,
  signal: AbortSignal | undefined,
): Promise<TaskOutcome> {
  const clock = new StageClock<TrainStage>();
  return new Promise((resolve) => {
    const settle = (result: TrainedZone | TaskFailure, died: boolean): void => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      signal?.removeEventListener('abort', onAbort);
      resolve({ result, died });
    };
    const end = (code: ErrorCode, message: string): void => {
      clock.enter(null);
      const error = new NowcastError(code, message, { context: { zone } });
      settle(new TaskFailure(error, { stages: clock.stages, peakRssBytes: null, cpuSeconds: null }), true);
    };
    const onMessage = (message: WorkerMessage): void => {
      if (message.type === 'progress') {
        clock.enter(message.stage);
        onProgress(message.stage, message.fraction);
      } else if (message.type === 'done') settle(message.result, false);
      else settle(new TaskFailure(new NowcastError(message.code, message.message), message.usage), false);
    };
    const crash = (why: string): void => end('TRAINING_FAILED', `training of zone ${zone} crashed: ${why}`);
    const onError = (error: unknown): void => crash(messageOf(error));
    const onExit = (code: number): void => crash(`its thread ended with exit code ${String(code)}`);
    const onAbort = (): void => end('TRAINING_INTERRUPTED', `training of zone ${zone} was told to stop`);
    const onTimeout = (): void => {
      const minutes = Number(((timeoutMs ?? 0) / MINUTE_MS).toFixed(2));
      end('TRAINING_TIMEOUT', `training of zone ${zone} took longer than ${minutes} minutes and was ended`);
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
    signal?.addEventListener('abort', onAbort);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    onStarted?.((message) => end('TRAINING_FAILED', `training of zone ${zone} was ended: ${message}`));
  });
}
