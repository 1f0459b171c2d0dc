/** The stretch of time that the charts show. Pure. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Closer than this there is nothing more to see. */
const SHORTEST_MS = 20 * 60_000;

/** The window of the same length inside the limits; the limits themselves when it is longer. */
function within(window: TimeWindow, limits: TimeWindow): TimeWindow {
  const length = window.toMs - window.fromMs;
  if (length >= limits.toMs - limits.fromMs) return limits;
  const fromMs = Math.min(Math.max(window.fromMs, limits.fromMs), limits.toMs - length);
  return { fromMs, toMs: fromMs + length };
}

/** Zooms so that the anchor stays where it is. @param factor below 1 comes closer */
export function zoomed(window: TimeWindow, anchorMs: number, factor: number, limits: TimeWindow): TimeWindow {
  const length = window.toMs - window.fromMs;
  const wanted = Math.max(SHORTEST_MS, Math.min(limits.toMs - limits.fromMs, length * factor));
  const share = Math.min(1, Math.max(0, (anchorMs - window.fromMs) / length));
  const fromMs = anchorMs - share * wanted;
  return within({ fromMs, toMs: fromMs + wanted }, limits);
}

/** Moves the window, but not beyond the limits. @param byMs positive: later */
export function panned(window: TimeWindow, byMs: number, limits: TimeWindow): TimeWindow {
  return within({ fromMs: window.fromMs + byMs, toMs: window.toMs + byMs }, limits);
}

/** True when the window shows all there is. */
export function isWhole(window: TimeWindow, limits: TimeWindow): boolean {
  return window.fromMs <= limits.fromMs && window.toMs >= limits.toMs;
}
