import type { VersionMark } from '../state/zone-series.js';
import type { ChartColumns } from './chart-data.js';
import type { Palette } from './palette.js';

/** One state of the zone's charts. */
export interface ChartFrame {
  readonly columns: ChartColumns;
  /** Where the path starts to be the future: now, or the moment of the past that is looked at. */
  readonly nowMs: number;
  /** What the line there is called: `now`, or a time. */
  readonly nowLabel: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** IANA name of the time zone that the axis is labelled in. */
  readonly timeZone: string;
  /** True: the path is greyed because no model with all its inputs made it, or because the page is not live. */
  readonly weak: boolean;
  /** Changes of the model version. */
  readonly marks: readonly VersionMark[];
}

/** What the drawing hooks read; replaced with each frame. */
export interface ChartContext {
  frame: ChartFrame;
  palette: Palette;
}
