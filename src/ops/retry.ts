import { NowcastError } from '../contracts/errors.js';

export interface RetryOptions {
  /** Told of each failed attempt before the next one waits. */
  readonly onRetry: (error: unknown, delayMs: number) => void;
  readonly signal: AbortSignal;
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
}

/**
 * Repeats an action while its error says that it may succeed later (or the disk is full, which somebody may mend),
 * with exponential backoff and no end but the signal: a stream must not drop what it cannot write.
 * @throws the action's error when it is not retriable, or when the signal has fired
 */
export async function retryForever<T>(action: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { onRetry, signal, firstDelayMs = 200, maxDelayMs = 10_000 } = options;
  const isOver = (): boolean => signal.aborted;
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(maxDelayMs, delayMs * 2)) {
    try {
      return await action();
    } catch (error) {
      if (isOver() || !mayMend(error)) throw error;
      onRetry(error, delayMs);
      await sleep(delayMs, signal);
      if (isOver()) throw error;
    }
  }
}

function mayMend(error: unknown): boolean {
  return error instanceof NowcastError && (error.retriable || error.code === 'STORAGE_FULL');
}

/** Resolves after the delay or at the signal, whichever comes first. */
export function sleep(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal.addEventListener('abort', done, { once: true });
  });
}
