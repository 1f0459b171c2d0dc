import { svg } from '../dom.js';

/** Size of a small plot and of what lies around its area, CSS pixels. */
export interface PlotArea {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const MARGIN = { left: 4, right: 0.7, top: 0.7, bottom: 1.7 };
const DEFAULT_WIDTH = 420;

/** The area of a plot that fills the element's width. Margins follow the page's text size. */
export function areaOf(host: HTMLElement, height: number): PlotArea {
  const em = parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.8;
  const margin = {
    left: MARGIN.left * em,
    right: MARGIN.right * em,
    top: MARGIN.top * em,
    bottom: MARGIN.bottom * em,
  };
  return { width: host.clientWidth || DEFAULT_WIDTH, height: height * em, ...margin };
}

/** A scale from a range of values to pixels. */
export function linear(
  fromValue: number,
  toValue: number,
  fromPx: number,
  toPx: number,
): (value: number) => number {
  const span = toValue - fromValue || 1;
  return (value) => fromPx + ((value - fromValue) / span) * (toPx - fromPx);
}

/** At most five round values from 0 (or `low`) to at least `high`. */
export function roundTicks(high: number, low = 0): number[] {
  const raw = (high - low || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const first = Math.floor(low / step) * step;
  const count = Math.ceil((high - first) / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((first + index * step).toPrecision(6)));
}

/** The empty plot: a picture with a name that says what it shows. */
export function plotRoot(area: PlotArea, label: string): SVGElement {
  return svg('svg', {
    class: 'plot',
    viewBox: `0 0 ${area.width} ${area.height}`,
    width: area.width,
    height: area.height,
    role: 'img',
    'aria-label': label,
  });
}

/** Horizontal lines with their values at the left. */
export function valueLines(
  area: PlotArea,
  ticks: readonly number[],
  y: (value: number) => number,
  unit: string,
  text: (value: number) => string = String,
): SVGElement[] {
  return ticks.flatMap((tick) => [
    svg('line', {
      class: 'plot-grid',
      x1: area.left,
      x2: area.width - area.right,
      y1: y(tick),
      y2: y(tick),
    }),
    textAt(`${text(tick)}${unit}`, area.left - 6, y(tick), 'end', 'middle'),
  ]);
}

/** A word of a plot. */
export function textAt(
  text: string,
  x: number,
  y: number,
  anchor: 'start' | 'middle' | 'end',
  baseline: 'middle' | 'hanging' | 'auto',
): SVGElement {
  const element = svg('text', {
    class: 'plot-text',
    x,
    y,
    'text-anchor': anchor,
    'dominant-baseline': baseline,
  });
  element.textContent = text;
  return element;
}

/** A path through points. */
export function pathThrough(points: readonly (readonly [x: number, y: number])[], name: string): SVGElement {
  const d = points
    .map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('');
  return svg('path', { class: `plot-line ${name}`, d });
}
