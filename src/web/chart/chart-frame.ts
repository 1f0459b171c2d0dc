import type { ChartColumns } from './chart-data.js';
import type { Palette } from './palette.js';

/** One state of the main chart. */
export interface ChartFrame {
  readonly columns: ChartColumns;
  readonly nowMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** IANA name of the time zone that the axis is labelled in. */
  readonly timeZone: string;
  /** True: the path is greyed because no model with all its inputs made it, or because the page is not live. */
  readonly weak: boolean;
}

/** What the drawing hooks read; replaced with each frame. */
export interface ChartContext {
  frame: ChartFrame;
  palette: Palette;
}
