import type { Chunk } from '../collect/chunks.js';
import type { Collector } from '../collect/live/round.js';

/** What one source collects, and its history. */
export interface SourcePart {
  readonly name: string;
  /** Whose client asks for it: parts of one source share it. */
  readonly client: string;
  /** Zones that it fills. */
  readonly zones: readonly string[];
  readonly collectors: readonly Collector[];
  /** The topic whose emptiness tells that a store needs this source's history first; null for never. */
  readonly fills: 'demand.observed' | 'weather.observed' | null;
  /** Requests that bring the history of [fromMs, toMs); empty when the source has none. */
  history(fromMs: number, toMs: number): Chunk[];
  /** Asks the source one small question. @returns what it answered, for people. @throws SourceError */
  probe(nowMs: number): Promise<string>;
}
