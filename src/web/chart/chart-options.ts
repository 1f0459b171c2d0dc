import uPlot from 'uplot';
import { formatClock, formatDay, formatMw } from '../format.js';
import type { ChartContext } from './chart-frame.js';
import { drawNowLine, shadeFuture } from './now-line.js';

export interface ChartGestures {
  onCursor(index: number | null): void;
  onSelect(fromMs: number, toMs: number): void;
  onReset(): void;
}

/** Narrower drags are clicks. */
const SMALLEST_ZOOM_PX = 6;
/** A series without a value this near shows no dot. */
const HOVER_PX = 10;
const Y_PADDING = 0.07;
const DAY_S = 86_400;

/** Options of the main chart. Colours are functions, so that a new theme needs no new chart. */
export function chartOptions(
  context: ChartContext,
  size: { width: number; height: number },
  gestures: ChartGestures,
): uPlot.Options {
  return {
    ...size,
    ms: 1e-3,
    tzDate: (timeS) => uPlot.tzDate(new Date(timeS * 1000), context.frame.timeZone),
    padding: [10, 12, 0, 0],
    legend: { show: false },
    scales: { x: { time: true, auto: false }, y: { range: (_plot, min, max) => paddedRange(min, max) } },
    axes: axes(context, context.palette.textPx),
    series: series(context),
    bands: [{ series: [4, 5], fill: () => pick(context, 'band', 'weakBand') }],
    cursor: cursor(gestures),
    hooks: {
      setCursor: [
        (plot) => gestures.onCursor((plot.cursor.left ?? -1) < 0 ? null : (plot.cursor.idx ?? null)),
      ],
      setSelect: [(plot) => selected(plot, gestures)],
      drawAxes: [(plot) => shadeFuture(plot, context)],
      draw: [(plot) => drawNowLine(plot, context)],
    },
  };
}

function pick(context: ChartContext, strong: 'path' | 'band', weak: 'weak' | 'weakBand'): string {
  return context.palette[context.frame.weak ? weak : strong];
}

function paddedRange(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  const padding = Math.max((max - min) * Y_PADDING, Math.abs(max) * 0.002, 0.5);
  return [min - padding, max + padding];
}

function series(context: ChartContext): uPlot.Series[] {
  const points = { show: false };
  const edge = { points, width: 0.75, stroke: () => pick(context, 'band', 'weakBand') };
  return [
    {},
    // Drawn first: what was measured lies on top of what was predicted.
    { points, width: 1.25, stroke: () => context.palette.predicted },
    { points, width: 2.25, stroke: () => context.palette.actual },
    { points, width: 2.5, stroke: () => pick(context, 'path', 'weak') },
    edge,
    edge,
  ];
}

function axes(context: ChartContext, textPx: number): uPlot.Axis[] {
  const shared = {
    font: `${textPx}px system-ui, "Liberation Sans", sans-serif`,
    stroke: () => context.palette.soft,
    grid: { stroke: () => context.palette.grid, width: 1 },
    ticks: { show: false },
  };
  return [
    {
      ...shared,
      space: textPx * 5.4,
      gap: 6,
      size: textPx * 3.3,
      values: (_plot, splits, _axis, _space, incr) => timeLabels(context, splits, incr),
    },
    {
      ...shared,
      space: textPx * 3.7,
      gap: 6,
      size: textPx * 4.9,
      values: (_plot, splits) => splits.map((mw) => formatMw(mw)),
    },
  ];
}

/** Hours, with the day under the first one shown and under each midnight. */
function timeLabels(context: ChartContext, splits: readonly number[], incrS: number): string[] {
  const { timeZone } = context.frame;
  const next = splits[1];
  // The first day would run into the second one's label.
  const midnightNext = next !== undefined && formatClock(next * 1000, timeZone) === '00:00';
  return splits.map((timeS, index) => {
    const day = formatDay(timeS * 1000, timeZone);
    if (incrS >= DAY_S) return day;
    const clock = formatClock(timeS * 1000, timeZone);
    return clock === '00:00' || (index === 0 && !midnightNext) ? `${clock}\n${day}` : clock;
  });
}

function cursor(gestures: ChartGestures): uPlot.Cursor {
  return {
    y: false,
    points: { size: 8 },
    hover: { prox: HOVER_PX },
    drag: { x: true, y: false, setScale: false, dist: SMALLEST_ZOOM_PX },
    bind: {
      dblclick: () => () => {
        gestures.onReset();
        return null;
      },
    },
  };
}

function selected(plot: uPlot, gestures: ChartGestures): void {
  const { left, width } = plot.select;
  if (width < SMALLEST_ZOOM_PX) return;
  const fromMs = plot.posToVal(left, 'x') * 1000;
  const toMs = plot.posToVal(left + width, 'x') * 1000;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  gestures.onSelect(fromMs, toMs);
}
