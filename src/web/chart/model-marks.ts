import type uPlot from 'uplot';
import { shortVersion } from '../state/reasons.js';
import type { ChartContext } from './chart-frame.js';

const GAP_PX = 6;

/** A thin line where another model version took over, with its short name at the bottom where there is room. */
export function drawModelMarks(plot: uPlot, context: ChartContext, labelled: boolean): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const { palette, frame } = context;
  ctx.save();
  ctx.strokeStyle = palette.mark;
  ctx.fillStyle = palette.mark;
  ctx.lineWidth = ratio;
  ctx.font = `600 ${palette.textPx * 0.86 * ratio}px system-ui, "Liberation Sans", sans-serif`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'bottom';
  let freeFrom = bbox.left;
  for (const { timeMs, modelVersion } of frame.marks) {
    const x = Math.round(plot.valToPos(timeMs / 1000, 'x', true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    if (!labelled) continue;
    const text = `▸ ${shortVersion(modelVersion)}`;
    const width = ctx.measureText(text).width;
    if (x < freeFrom || x + width > bbox.left + bbox.width) continue;
    ctx.fillText(text, x + 3 * ratio, bbox.top + bbox.height - 3 * ratio);
    freeFrom = x + width + GAP_PX * ratio;
  }
  ctx.restore();
}
