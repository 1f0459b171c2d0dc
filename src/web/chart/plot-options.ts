import uPlot from 'uplot';
import { formatClock, formatDay, formatMw } from '../format.js';
import type { ChartContext } from './chart-frame.js';
import { drawModelMarks } from './model-marks.js';
import { drawNowLine, shadeFuture } from './now-line.js';

export interface PlotEvents {
  /** The cursor moved; null: it left. */
  onCursor(plot: uPlot, index: number | null): void;
  onSelect(fromMs: number, toMs: number): void;
  onReset(): void;
}

export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

/** Narrower drags are clicks. */
const SMALLEST_ZOOM_PX = 6;
/** A series without a value this near shows no dot. */
const HOVER_PX = 10;
/** Least distance between two values of a low chart's axis, in text sizes. */
const LOWER_SPACE_EM = 1.5;
const Y_PADDING = 0.07;
const DAY_S = 86_400;
const FONT = 'system-ui, "Liberation Sans", sans-serif';

/** What all charts of a zone have in common, so that one lies exactly under the other. */
function sharedOptions(
  context: ChartContext,
  size: PlotSize,
  events: PlotEvents,
  main: boolean,
): Pick<uPlot.Options, 'width' | 'height' | 'ms' | 'tzDate' | 'padding' | 'legend' | 'cursor' | 'hooks'> {
  return {
    ...size,
    ms: 1e-3,
    tzDate: (timeS) => uPlot.tzDate(new Date(timeS * 1000), context.frame.timeZone),
    padding: [main ? 10 : 4, 12, main ? 0 : 4, 0],
    legend: { show: false },
    cursor: cursor(events),
    hooks: {
      setCursor: [
        (plot) => events.onCursor(plot, (plot.cursor.left ?? -1) < 0 ? null : (plot.cursor.idx ?? null)),
      ],
      setSelect: [(plot) => selected(plot, events)],
      drawAxes: [(plot) => shadeFuture(plot, context)],
      draw: [(plot) => drawModelMarks(plot, context, main), (plot) => drawNowLine(plot, context, main)],
    },
  };
}

/** Options of the main chart. Colours are functions, so that a new theme needs no new chart. */
export function demandOptions(context: ChartContext, size: PlotSize, events: PlotEvents): uPlot.Options {
  return {
    ...sharedOptions(context, size, events, true),
    scales: { x: { time: true, auto: false }, y: { range: (_plot, min, max) => paddedRange(min, max) } },
    axes: [timeAxis(context, true), valueAxis(context, (value) => formatMw(value))],
    series: demandSeries(context),
    bands: [{ series: [5, 6], fill: () => pick(context, 'band', 'weakBand') }],
  };
}

/** Options of the chart of errors, in percent around zero. */
export function errorOptions(context: ChartContext, size: PlotSize, events: PlotEvents): uPlot.Options {
  const stroke = (): string => context.palette.predicted;
  return {
    ...sharedOptions(context, size, events, false),
    scales: { x: { time: true, auto: false }, y: { range: (_plot, min, max) => aroundZero(min, max) } },
    axes: [timeAxis(context, false), valueAxis(context, (value) => `${value} %`, LOWER_SPACE_EM)],
    series: [
      {},
      {
        points: { show: false },
        width: 1,
        stroke,
        fill: () => context.palette.predictedFill,
        fillTo: () => 0,
      },
    ],
  };
}

/** Options of the chart of temperatures. */
export function temperatureOptions(context: ChartContext, size: PlotSize, events: PlotEvents): uPlot.Options {
  return {
    ...sharedOptions(context, size, events, false),
    scales: { x: { time: true, auto: false }, y: { range: (_plot, min, max) => paddedRange(min, max) } },
    axes: [timeAxis(context, false), valueAxis(context, (value) => `${value} °C`, LOWER_SPACE_EM)],
    series: [
      {},
      { points: { show: false }, width: 1.5, stroke: () => context.palette.temperature, spanGaps: false },
    ],
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

function aroundZero(min: number | null, max: number | null): [number, number] {
  const reach = Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0), 0.5) * (1 + Y_PADDING);
  return [-reach, reach];
}

function demandSeries(context: ChartContext): uPlot.Series[] {
  const points = { show: false };
  const edge = { points, width: 0.75, stroke: () => pick(context, 'band', 'weakBand') };
  return [
    {},
    // Drawn first: what was measured lies on top of what was predicted.
    { points, width: 1.25, stroke: () => context.palette.predicted },
    { points, width: 1.5, dash: [7, 4], stroke: () => context.palette.operator },
    { points, width: 2.25, stroke: () => context.palette.actual },
    { points, width: 2.5, stroke: () => pick(context, 'path', 'weak') },
    edge,
    edge,
  ];
}

function timeAxis(context: ChartContext, labelled: boolean): uPlot.Axis {
  const { textPx } = context.palette;
  return {
    ...axisLook(context),
    space: textPx * 5.4,
    size: labelled ? textPx * 3.3 : 0,
    values: (_plot, splits, _axis, _space, incr) =>
      labelled ? timeLabels(context, splits, incr) : splits.map(() => ''),
  };
}

function valueAxis(context: ChartContext, text: (value: number) => string, spaceEm = 2.4): uPlot.Axis {
  const { textPx } = context.palette;
  return {
    ...axisLook(context),
    space: textPx * spaceEm,
    // As wide in each chart: their plotting areas lie under each other.
    size: textPx * 4.9,
    values: (_plot, splits) => splits.map((value) => text(value)),
  };
}

function axisLook(context: ChartContext): uPlot.Axis {
  return {
    font: `${context.palette.textPx}px ${FONT}`,
    gap: 6,
    stroke: () => context.palette.soft,
    grid: { stroke: () => context.palette.grid, width: 1 },
    ticks: { show: false },
  };
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

function cursor(events: PlotEvents): uPlot.Cursor {
  return {
    y: false,
    points: { size: 8 },
    hover: { prox: HOVER_PX },
    drag: { x: true, y: false, setScale: false, dist: SMALLEST_ZOOM_PX },
    bind: {
      // With Shift a drag moves the window instead of choosing one.
      mousedown: (_plot, _target, handler) => (event) => (event.shiftKey ? null : handler(event)),
      dblclick: () => () => {
        events.onReset();
        return null;
      },
    },
  };
}

function selected(plot: uPlot, events: PlotEvents): void {
  const { left, width } = plot.select;
  if (width < SMALLEST_ZOOM_PX) return;
  const fromMs = plot.posToVal(left, 'x') * 1000;
  const toMs = plot.posToVal(left + width, 'x') * 1000;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  events.onSelect(fromMs, toMs);
}
