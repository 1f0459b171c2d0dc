import { svg } from '../dom.js';
import { areaOf, linear, plotRoot, roundTicks, textAt, valueLines } from './svg-plot.js';

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Shown when pointed at. */
  readonly title: string;
}

export interface BarPlot {
  readonly label: string;
  readonly bars: readonly Bar[];
  readonly unit: string;
  readonly height: number;
  /** Where each bar should end, in the bars' order. */
  readonly goals?: readonly number[];
}

const LABEL_PX = 46;

/** Bars from zero, each with its label below where there is room. */
export function drawBarPlot(host: HTMLElement, plot: BarPlot): void {
  const area = areaOf(host, plot.height);
  const root = plotRoot(area, plot.label);
  host.replaceChildren(root);
  const { bars, goals } = plot;
  if (bars.length === 0) return;
  const ticks = roundTicks(Math.max(...bars.map(({ value }) => value), ...(goals ?? []), 0.01));
  const y = linear(0, ticks.at(-1) ?? 1, area.height - area.bottom, area.top);
  root.append(...valueLines(area, ticks, y, plot.unit));
  const step = (area.width - area.left - area.right) / bars.length;
  const every = Math.max(1, Math.ceil(LABEL_PX / step));
  bars.forEach(({ label, value, title }, index) => {
    const x = area.left + step * (index + 0.15);
    const bar = svg('rect', {
      class: 'plot-bar',
      x,
      y: y(value),
      width: step * 0.7,
      height: y(0) - y(value),
    });
    const tip = svg('title');
    tip.textContent = title;
    bar.append(tip);
    root.append(bar);
    const goal = goals?.[index];
    if (goal !== undefined) {
      root.append(
        svg('line', {
          class: 'plot-mark',
          x1: x - step * 0.08,
          x2: x + step * 0.78,
          y1: y(goal),
          y2: y(goal),
        }),
      );
    }
    if (index % every === 0) {
      root.append(textAt(label, x + step * 0.35, area.height - area.bottom + 6, 'middle', 'hanging'));
    }
  });
}
