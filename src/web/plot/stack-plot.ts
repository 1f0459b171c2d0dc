import { svg } from '../dom.js';
import { formatClock, formatDay, formatMw } from '../format.js';
import { stacked, type FuelMix, type Layer } from '../state/fuel-mix.js';
import { areaOf, linear, plotRoot, roundTicks, textAt, valueLines, type PlotArea } from './svg-plot.js';

const HOUR_MS = 3_600_000;
/** Least distance between two labels of the time axis, in text sizes. */
const LABEL_EM = 5;
const STEPS_HOURS = [1, 2, 3, 6, 12, 24, 48];

export interface StackPlot {
  readonly label: string;
  readonly mix: FuelMix;
  readonly timeZone: string;
  readonly height: number;
}

/** Generation by fuel as areas on top of each other; what is below zero hangs under it. */
export function drawStackPlot(host: HTMLElement, { label, mix, timeZone, height }: StackPlot): void {
  const area = areaOf(host, height);
  const root = plotRoot(area, label);
  host.replaceChildren(root);
  const layers = stacked(mix);
  const edges = layers.flatMap(({ bands }) => bands);
  const low = Math.min(0, ...edges.map((band) => band.low));
  const ticks = roundTicks(Math.max(...edges.map((band) => band.high), 1), low);
  const y = linear(ticks[0] ?? 0, ticks.at(-1) ?? 1, area.height - area.bottom, area.top);
  const [first, last] = [mix.timesMs[0] ?? 0, mix.timesMs.at(-1) ?? 1];
  const x = linear(first, last, area.left, area.width - area.right);
  root.append(...valueLines(area, ticks, y, '', (mw) => (mw === 0 ? '0' : formatMw(mw))));
  for (const layer of layers) root.append(areaOfLayer(layer, mix.timesMs, x, y));
  root.append(svg('line', { class: 'plot-zero', x1: x(first), x2: x(last), y1: y(0), y2: y(0) }));
  root.append(...timeLabels(area, first, last, x, timeZone));
}

type Scale = (value: number) => number;

function areaOfLayer({ name, bands }: Layer, timesMs: readonly number[], x: Scale, y: Scale): SVGElement {
  const point = (timeMs: number | undefined, mw: number): string =>
    `${x(timeMs ?? 0).toFixed(1)} ${y(mw).toFixed(1)}`;
  const upper = bands.map(({ high }, index) => point(timesMs[index], high));
  const lower = bands.map(({ low }, index) => point(timesMs[index], low)).reverse();
  return svg('path', { class: 'plot-area', 'data-fuel': name, d: `M${[...upper, ...lower].join('L')}Z` });
}

/** Full hours of the zone's clock, as many as there is room for; midnight has the day. */
function timeLabels(area: PlotArea, first: number, last: number, x: Scale, timeZone: string): SVGElement[] {
  const room = (area.width - area.left - area.right) / (LABEL_EM * (area.bottom / 1.7));
  const hours = (last - first) / HOUR_MS;
  const step = STEPS_HOURS.find((one) => hours / one <= room) ?? 168;
  const labels: SVGElement[] = [];
  for (let timeMs = Math.ceil(first / HOUR_MS) * HOUR_MS; timeMs <= last; timeMs += HOUR_MS) {
    const clock = formatClock(timeMs, timeZone);
    const hour = Number(clock.slice(0, 2));
    const isDay = step >= 24 && hour === 0 && Math.round((timeMs - first) / HOUR_MS / 24) % (step / 24) === 0;
    if (!clock.endsWith(':00') || (step < 24 ? hour % step !== 0 : !isDay)) continue;
    const text = hour === 0 ? formatDay(timeMs, timeZone) : clock;
    const anchor = x(timeMs) > area.width - area.right - 20 ? 'end' : 'middle';
    labels.push(textAt(text, x(timeMs), area.height - area.bottom + 6, anchor, 'hanging'));
  }
  return labels;
}
