import type { InputEvent } from '../features/input-event.js';
import { EventTimeMerger } from '../nowcast/merge.js';

/** Order of the input topics in the stream's merge. */
const LANES = ['demand', 'weather', 'forecast', 'operator'] as const;

/**
 * The events of one zone in the order in which the stream applies them: by the stream's own merger, so each type keeps
 * its log order and between types the least (availableAt, rank) goes first.
 * @param events of one zone; each type in log order
 * @param untilMs events with a later availableAt are left out
 */
export function inReplayOrder(events: readonly InputEvent[], untilMs: number): InputEvent[] {
  const merger = new EventTimeMerger(LANES);
  for (const lane of LANES) {
    const queued = events
      .filter((event) => event.type === lane && event.availableAtMs <= untilMs)
      .map((event, offset) => ({ event, offset }));
    merger.push(lane, queued);
    merger.setFence(lane, queued.length);
  }
  const ordered: InputEvent[] = [];
  for (let next = merger.pop(); next !== null; next = merger.pop()) ordered.push(next.queued.event);
  return ordered;
}
