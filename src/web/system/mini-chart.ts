import { setAttribute, svg } from '../dom.js';
import { formatClock, formatMw } from '../format.js';
import { demandEndMs, type ZoneView } from '../state/zone.js';

const HOUR_MS = 3_600_000;
/** What a small chart shows before and after now. */
export const MINI_PAST_MS = 12 * HOUR_MS;
const AHEAD_MS = 12 * HOUR_MS;
const WIDTH = 400;
const HEIGHT = 130;
const TOP = 6;
const BOTTOM = 6;

interface Point {
  readonly timeMs: number;
  readonly mw: number;
}

interface Shape {
  readonly past: readonly Point[];
  readonly path: readonly Point[];
  readonly band: readonly (Point & { readonly p10: number; readonly p90: number })[];
}

/** Twelve hours back and twelve ahead of one zone: actual, path and band. Decorative: the card's text says what matters. */
export class MiniChart {
  readonly element = svg('svg', {
    class: 'mini',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
  });
  readonly #future = svg('rect', { class: 'mini-future', y: 0, height: HEIGHT });
  readonly #band = svg('path', { class: 'mini-band' });
  readonly #past = svg('path', { class: 'mini-past' });
  readonly #path = svg('path', { class: 'mini-path' });
  readonly #now = svg('path', { class: 'mini-now' });

  constructor() {
    this.element.append(this.#future, this.#band, this.#now, this.#past, this.#path);
  }

  /** @returns words for the corners: lowest and highest value, and the times at both ends; null without demand */
  update(view: ZoneView, weak: boolean, timeZone: string): MiniLabels | null {
    const endMs = demandEndMs(view);
    if (endMs === null) return null;
    const shape = shapeOf(view, endMs);
    const values = [
      ...[...shape.past, ...shape.path].map(({ mw }) => mw),
      ...shape.band.flatMap(({ p10, p90 }) => [p10, p90]),
    ];
    const low = Math.min(...values);
    const high = Math.max(...values);
    const scale = scaleOf(low, high, endMs);
    setAttribute(this.#past, 'd', line(shape.past.map(({ timeMs, mw }) => scale(timeMs, mw))));
    setAttribute(this.#path, 'd', line(shape.path.map(({ timeMs, mw }) => scale(timeMs, mw))));
    const edges = [
      ...shape.band.map(({ timeMs, p90 }) => scale(timeMs, p90)),
      ...[...shape.band].reverse().map(({ timeMs, p10 }) => scale(timeMs, p10)),
    ];
    setAttribute(this.#band, 'd', edges.length === 0 ? '' : `${line(edges)}Z`);
    const [x] = scale(endMs, low);
    setAttribute(this.#now, 'd', `M${x} 0V${HEIGHT}`);
    setAttribute(this.#future, 'x', String(x));
    setAttribute(this.#future, 'width', String(WIDTH - x));
    this.element.classList.toggle('weak', weak);
    return {
      high: formatMw(high),
      low: formatMw(low),
      from: formatClock(endMs - MINI_PAST_MS, timeZone),
      now: formatClock(endMs, timeZone),
      to: formatClock(endMs + AHEAD_MS, timeZone),
    };
  }
}

export interface MiniLabels {
  readonly high: string;
  readonly low: string;
  readonly from: string;
  readonly now: string;
  readonly to: string;
}

function shapeOf(view: ZoneView, endMs: number): Shape {
  const past = [...view.demand.between(endMs - MINI_PAST_MS)].map(([timeMs, mw]) => ({ timeMs, mw }));
  if (view.nowcast === null) return { past, path: [], band: [] };
  const { origin, latestDemandMw, steps } = view.nowcast;
  const ahead = steps
    .map((step) => ({ ...step, timeMs: Date.parse(step.target) }))
    .filter(({ timeMs }) => timeMs <= endMs + AHEAD_MS);
  const start = { timeMs: Date.parse(origin), mw: latestDemandMw };
  const band = ahead.flatMap(({ timeMs, mw, p10, p90 }) =>
    p10 === null || p90 === null ? [] : [{ timeMs, mw, p10, p90 }],
  );
  if (band.length > 0) band.unshift({ ...start, p10: start.mw, p90: start.mw });
  return { past, path: [start, ...ahead], band };
}

function scaleOf(low: number, high: number, endMs: number): (timeMs: number, mw: number) => [number, number] {
  const span = Math.max(high - low, 1e-6);
  return (timeMs, mw) => [
    Math.round(((timeMs - endMs + MINI_PAST_MS) / (MINI_PAST_MS + AHEAD_MS)) * WIDTH * 10) / 10,
    Math.round((HEIGHT - BOTTOM - ((mw - low) / span) * (HEIGHT - TOP - BOTTOM)) * 10) / 10,
  ];
}

function line(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
}
