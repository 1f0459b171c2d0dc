import { messageOf, NowcastError } from '../contracts/errors.js';

/** A command that runs until something ends it. */
export interface ProcessLife {
  /** Fires at SIGINT, SIGTERM, a fatal error or the end of the command's own time. */
  readonly signal: AbortSignal;
  /** Ends the command with an error; the first one counts. */
  readonly fail: (error: unknown) => void;
  readonly end: () => void;
  /** Resolves when the command should stop; throws what it failed with. */
  readonly over: Promise<void>;
}

const FORCED_EXIT_CODE = 130;

/** First signal: stop cleanly. Second: stop now. */
export function startProcessLife(forMs?: number): ProcessLife {
  const controller = new AbortController();
  let failure: unknown;
  const end = () => {
    controller.abort();
  };
  const fail = (error: unknown) => {
    failure ??= error;
    controller.abort();
  };
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(FORCED_EXIT_CODE);
    process.stderr.write('stopping; once more to stop at once\n');
    end();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  if (forMs !== undefined) setTimeout(end, forMs).unref();
  const over = new Promise<void>((resolve, reject) => {
    controller.signal.addEventListener('abort', () => {
      if (failure === undefined) resolve();
      else reject(asError(failure));
    });
  });
  over.catch(() => undefined);
  return { signal: controller.signal, fail, end, over };
}

function asError(failure: unknown): Error {
  return failure instanceof Error ? failure : new NowcastError('INTERNAL', messageOf(failure));
}
