import { NowcastError } from '../contracts/errors.js';

/*
 * A thread that is terminated while it stands in ONNX Runtime takes the whole process with it: the addon reports the
 * termination as a C++ exception that nobody catches. So a training thread says when it is in there, and whoever wants to
 * end it asks it to stay out first.
 */

/** Set by the owner: do not enter any more. */
const STAY_OUT = 0;
/** How many native calls of the thread are under way. */
const INSIDE = 1;
/** A step of a network takes a few milliseconds, the check of a whole model a second. */
const POLL_MS = 2;
/** Shared by a training thread and its owner. */
export type NativeGuard = Int32Array<SharedArrayBuffer>;

export function newNativeGuard(): NativeGuard {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

let ofThisThread: NativeGuard | null = null;

/** Tells a training thread its guard, before its first native call; null: nobody ends this thread. */
export function guardThisThread(guard: NativeGuard | null): void {
  ofThisThread = guard;
}

/**
 * Makes a native call. Outside of a guarded thread it is simply made.
 * @throws NowcastError TRAINING_INTERRUPTED when the thread is to end; the call is then not made
 */
export async function native<T>(call: () => Promise<T>): Promise<T> {
  const guard = ofThisThread;
  if (guard === null) return call();
  Atomics.add(guard, INSIDE, 1);
  try {
    if (Atomics.load(guard, STAY_OUT) !== 0) {
      throw new NowcastError('TRAINING_INTERRUPTED', 'the training was told to stop');
    }
    return await call();
  } finally {
    Atomics.sub(guard, INSIDE, 1);
  }
}

/**
 * Asks the guarded thread to stay out of native code and waits until it is out: then it may be terminated.
 * @returns false when it is still inside after `withinMs`
 */
export async function keepOut(guard: NativeGuard, withinMs: number): Promise<boolean> {
  Atomics.store(guard, STAY_OUT, 1);
  const deadlineMs = performance.now() + withinMs;
  while (Atomics.load(guard, INSIDE) !== 0) {
    if (performance.now() > deadlineMs) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}
