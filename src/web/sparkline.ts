import { setAttribute, svg } from './dom.js';
import { demandEndMs, type ZoneView } from './state/zone.js';

const WIDTH = 120;
const HEIGHT = 40;
const HOUR_MS = 3_600_000;
const PAST_MS = 6 * HOUR_MS;
const AHEAD_MS = 6 * HOUR_MS;

interface Point {
  readonly timeMs: number;
  readonly mw: number;
}

/** A tile's little chart: six hours back, six hours ahead. Decorative: the tile's text says what matters. */
export class Sparkline {
  readonly element = svg('svg', {
    class: 'spark',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
  });
  readonly #past = svg('path');
  readonly #ahead = svg('path', { class: 'spark-path' });

  constructor() {
    this.element.append(this.#past, this.#ahead);
  }

  update(view: ZoneView): void {
    const endMs = demandEndMs(view);
    if (endMs === null) return;
    const past = pastPoints(view, endMs - PAST_MS);
    const ahead = aheadPoints(view, endMs + AHEAD_MS);
    const line = scaled([...past, ...ahead], endMs - PAST_MS, endMs + AHEAD_MS);
    setAttribute(this.#past, 'd', line(past));
    setAttribute(this.#ahead, 'd', line(ahead));
    setAttribute(this.#ahead, 'class', view.nowcast?.quality === 'ok' ? 'spark-path' : 'spark-path weak');
  }
}

function pastPoints(view: ZoneView, fromMs: number): Point[] {
  const points: Point[] = [];
  const { timesMs, values } = view.demand;
  for (let index = view.demand.indexAtOrAfter(fromMs); index < timesMs.length; index++) {
    points.push({ timeMs: timesMs[index] ?? 0, mw: values[index] ?? 0 });
  }
  return points;
}

function aheadPoints(view: ZoneView, untilMs: number): Point[] {
  if (view.nowcast === null) return [];
  const start = { timeMs: Date.parse(view.nowcast.origin), mw: view.nowcast.latestDemandMw };
  const steps = view.nowcast.steps.map((step) => ({ timeMs: Date.parse(step.target), mw: step.mw }));
  return [start, ...steps].filter((point) => point.timeMs <= untilMs);
}

function scaled(all: readonly Point[], fromMs: number, toMs: number): (points: readonly Point[]) => string {
  const values = all.map((point) => point.mw);
  const low = Math.min(...values);
  const span = Math.max(Math.max(...values) - low, 1e-6);
  return (points) =>
    points
      .map((point, index) => {
        const x = ((point.timeMs - fromMs) / (toMs - fromMs)) * WIDTH;
        const y = HEIGHT - 3 - ((point.mw - low) / span) * (HEIGHT - 6);
        return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
      })
      .join('');
}
