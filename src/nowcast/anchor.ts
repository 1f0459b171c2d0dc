import { DAY_MS } from '../contracts/time.js';
import type { ZoneStream } from './zone-stream.js';

/** A value older than this before the origin is no anchor for any forecast. */
const MAX_ANCHOR_AGE_MS = DAY_MS;

/** The value that a nowcast stands on. */
export interface Anchor {
  readonly validTimeMs: number;
  readonly demandMw: number;
}

/**
 * The value that a nowcast of the current origin stands on, or null: then there is none to issue. It is the origin's own
 * one. While that is held back it is the last accepted one, and while a fault is going on that has only now been told
 * (a frozen feed, a slide) the last one of before the fault: those accepted since are not believed any more.
 */
export function anchorOf(stream: ZoneStream): Anchor | null {
  const latest = stream.state.latestDemand();
  if (latest === null) return null;
  const anchor =
    latest.validTimeMs <= stream.believedUntilMs
      ? latest
      : (knownUntil(stream, stream.believedUntilMs) ?? latest);
  return stream.originMs - anchor.validTimeMs <= MAX_ANCHOR_AGE_MS ? anchor : null;
}

/** The latest accepted value at or before a time, no older than an anchor may be. */
function knownUntil({ state, originMs, profile }: ZoneStream, untilMs: number): Anchor | null {
  for (let ms = untilMs; originMs - ms <= MAX_ANCHOR_AGE_MS; ms -= profile.stepMs) {
    const demandMw = state.demandAt(ms);
    if (!Number.isNaN(demandMw)) return { validTimeMs: ms, demandMw };
  }
  return null;
}
