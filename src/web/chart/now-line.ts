import type uPlot from 'uplot';
import type { ChartContext } from './chart-frame.js';

/** Tints what has not happened yet, so that past and future differ at a glance. */
export function shadeFuture(plot: uPlot, context: ChartContext): void {
  const { ctx, bbox } = plot;
  const x = clampedNow(plot, context);
  ctx.save();
  ctx.fillStyle = context.palette.future;
  ctx.fillRect(x, bbox.top, bbox.left + bbox.width - x, bbox.height);
  ctx.restore();
}

/** A line where the future starts, with its name in the main chart. */
export function drawNowLine(plot: uPlot, context: ChartContext, labelled: boolean): void {
  const { ctx, bbox } = plot;
  const x = clampedNow(plot, context);
  if (x <= bbox.left || x >= bbox.left + bbox.width) return;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = context.palette.soft;
  ctx.lineWidth = ratio;
  ctx.setLineDash([4 * ratio, 3 * ratio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  if (labelled) label(ctx, x, bbox.top, ratio, context);
  ctx.restore();
}

function label(
  ctx: CanvasRenderingContext2D,
  x: number,
  top: number,
  ratio: number,
  context: ChartContext,
): void {
  ctx.font = `600 ${context.palette.textPx * 0.92 * ratio}px system-ui, "Liberation Sans", sans-serif`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'center';
  const height = context.palette.textPx * 1.45 * ratio;
  const width = ctx.measureText(context.frame.nowLabel).width + height * 0.75;
  ctx.fillStyle = context.palette.soft;
  ctx.fillRect(x - width / 2, top, width, height);
  ctx.fillStyle = context.palette.card;
  ctx.fillText(context.frame.nowLabel, x, top + height * 0.53);
}

function clampedNow(plot: uPlot, context: ChartContext): number {
  const { bbox } = plot;
  const x = plot.valToPos(context.frame.nowMs / 1000, 'x', true);
  return Math.min(bbox.left + bbox.width, Math.max(bbox.left, x));
}
