import { svg } from '../dom.js';
import { formatHorizon } from '../format.js';
import { areaOf, linear, pathThrough, plotRoot, roundTicks, textAt, valueLines } from './svg-plot.js';

export interface HorizonLine {
  /** Class of the line. */
  readonly name: string;
  readonly points: readonly { readonly minutes: number; readonly value: number }[];
}

export interface HorizonPlot {
  readonly label: string;
  readonly lines: readonly HorizonLine[];
  readonly unit: string;
  readonly height: number;
  /** Lowest and highest value shown; by default from 0 to a little above the highest value. */
  readonly range?: readonly [number, number];
  /** Where the values should be. */
  readonly goal?: { readonly low: number; readonly high: number };
}

/** Room that a label needs. */
const LABEL_PX = 44;
const TICK_MINUTES = [5, 15, 60, 180, 360, 720, 1440];

/** Lines over the horizon on a logarithmic axis: five minutes matter as much as a day. */
export function drawHorizonPlot(host: HTMLElement, plot: HorizonPlot): void {
  const area = areaOf(host, plot.height);
  const all = plot.lines.flatMap(({ points }) => points);
  const root = plotRoot(area, plot.label);
  host.replaceChildren(root);
  if (all.length === 0) return;
  const highest = Math.max(...all.map(({ value }) => value));
  const [low, high] = plot.range ?? [0, highest * 1.05];
  const ticks = roundTicks(high, low);
  const y = linear(ticks[0] ?? low, ticks.at(-1) ?? high, area.height - area.bottom, area.top);
  const minutes = all.map((point) => point.minutes);
  const [first, last] = [Math.min(...minutes), Math.max(...minutes)];
  const log = linear(Math.log(first), Math.log(last), area.left, area.width - area.right);
  const x = (at: number): number => log(Math.log(at));
  if (plot.goal !== undefined) {
    const { low: from, high: to } = plot.goal;
    const width = area.width - area.left - area.right;
    root.append(svg('rect', { class: 'plot-goal', x: area.left, y: y(to), width, height: y(from) - y(to) }));
  }
  root.append(...valueLines(area, ticks, y, plot.unit));
  let freeFrom = -Infinity;
  for (const tick of TICK_MINUTES.filter((one) => one >= first && one <= last)) {
    const at = x(tick);
    if (at < freeFrom || (tick !== last && at > x(last) - LABEL_PX)) continue;
    const anchor = tick === first ? 'start' : tick === last ? 'end' : 'middle';
    root.append(textAt(formatHorizon(tick), at, area.height - area.bottom + 6, anchor, 'hanging'));
    freeFrom = at + LABEL_PX;
  }
  for (const { name, points } of plot.lines) {
    root.append(
      pathThrough(
        points.map((point) => [x(point.minutes), y(Math.min(high, Math.max(low, point.value)))]),
        name,
      ),
    );
  }
}
