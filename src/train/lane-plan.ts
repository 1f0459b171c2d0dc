import { bytesOf, type EventColumns } from './event-columns.js';
import type { Effort } from './plan.js';

export interface LaneLimits {
  /** Zones at the same time. */
  readonly concurrency: number;
  /** Training threads of this process. */
  readonly threads: number;
  /** Memory that training may add to the process. */
  readonly maxMemoryMb: number;
}

export interface LanePlan {
  readonly lanes: number;
  /** Heap of each thread. */
  readonly heapLimitMb: number;
}

const MB = 1024 * 1024;
/**
 * A thread with its rows, trees and ONNX Runtime, without the zone's inputs. Measured: see docs/performance.md; a deep
 * training has four times the rows, and folds beside them.
 */
const THREAD_MB: Readonly<Record<Effort, number>> = { first: 350, daily: 350, deep: 1000 };
/** Inputs become objects in the thread: so many times their columns. Measured. */
const INPUT_FACTOR = 5;
/** Least heap with which a short history can be trained. */
const MIN_HEAP_MB = 192;
/** Typed arrays, about half of a training's memory, are not part of the heap. */
const HEAP_SHARE = 0.75;

/**
 * How many zones are trained side by side, so that the larger ones fit into the memory together: one at least.
 * @param inputs by zone that is to be trained, what its thread holds of them at one time
 * @param effort of all of them
 */
export function planLanes(
  inputs: readonly (readonly EventColumns[])[],
  limits: LaneLimits,
  effort: Effort,
): LanePlan {
  const needs = inputs.map((held) => needMb(held, effort)).sort((a, b) => b - a);
  const most = Math.max(1, Math.min(limits.concurrency, limits.threads, needs.length));
  let lanes = most;
  while (lanes > 1 && sum(needs.slice(0, lanes)) > limits.maxMemoryMb) lanes -= 1;
  const heapLimitMb = Math.max(MIN_HEAP_MB, Math.floor((HEAP_SHARE * limits.maxMemoryMb) / lanes));
  return { lanes, heapLimitMb };
}

function needMb(held: readonly EventColumns[], effort: Effort): number {
  return THREAD_MB[effort] + (INPUT_FACTOR * sum(held.map(bytesOf))) / MB;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
