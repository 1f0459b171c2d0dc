/* eslint-disable @typescript-eslint/no-non-null-assertion -- words of a memory whose layout is known */
import { startHelpers } from '../helper-threads.js';
import type { GrowMemory } from './grow-memory.js';
import { COMMAND, CONTROL, PART } from './wasm/layout.js';

/** The threads that share the work on one ensemble. Who does a piece of it makes no difference to what comes out. */
export interface Team {
  /** Counts helpers in that have come up since; until then the others do their share. */
  gather(): void;
  /** Resolves when the helpers are gone; from the call on they do nothing any more. */
  end(): Promise<void>;
}

const ALONE: Team = { gather: () => undefined, end: () => Promise.resolve() };

/** @param threads the calling thread included */
export function formTeam(grow: GrowMemory, threads: number): Team {
  if (threads <= 1) return ALONE;
  const { module, memory } = grow;
  const sites = Array.from({ length: threads - 1 }, (_, i) => ({ module, memory, part: partOf(i + 1) }));
  const endHelpers = startHelpers(sites);
  return {
    gather() {
      while (grow.threads < threads && isReady(grow, grow.threads)) join(grow, grow.threads);
    },
    end() {
      // The joined ones return by themselves; terminating them afterwards only makes sure of those still starting.
      if (grow.threads > 1) grow.kernels.run(COMMAND.end, 0);
      grow.threads = 1;
      return endHelpers();
    },
  };
}

function partOf(thread: number): number {
  return CONTROL.parts + thread * PART.bytes;
}

function isReady({ ints }: GrowMemory, thread: number): boolean {
  return Atomics.load(ints, (partOf(thread) + PART.ready) >> 2) === 1;
}

function join(grow: GrowMemory, thread: number): void {
  const { ints } = grow;
  const part = partOf(thread);
  ints[(part + PART.done) >> 2] = ints[CONTROL.turn >> 2]!;
  Atomics.store(ints, (part + PART.joined) >> 2, 1);
  Atomics.notify(ints, (part + PART.joined) >> 2);
  grow.threads = thread + 1;
  ints[CONTROL.threads >> 2] = grow.threads;
}
