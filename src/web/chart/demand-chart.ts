import uPlot from 'uplot';
import { readingAt, type Reading } from './chart-data.js';
import type { ChartContext, ChartFrame } from './chart-frame.js';
import { chartOptions } from './chart-options.js';
import { readPalette } from './palette.js';

export interface ChartListener {
  onReading(reading: Reading | null): void;
  onZoom(zoomed: boolean): void;
}

/** The main chart: a thin, stateful skin over uPlot that keeps the reader's zoom while data moves under it. */
export class DemandChart {
  readonly #host: HTMLElement;
  readonly #listener: ChartListener;
  readonly #context: ChartContext;
  #plot: uPlot | null = null;
  #zoom: { fromMs: number; toMs: number } | null = null;

  constructor(host: HTMLElement, frame: ChartFrame, listener: ChartListener) {
    this.#host = host;
    this.#listener = listener;
    this.#context = { frame, palette: readPalette() };
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(host);
    host.addEventListener('keydown', (event) => this.#key(event));
    host.addEventListener('blur', () => this.#plot?.setCursor({ left: -10, top: -10 }));
  }

  update(frame: ChartFrame): void {
    this.#context.frame = frame;
    const { timeS, actual, path, p90, p10, predicted } = frame.columns;
    const data: uPlot.AlignedData = [timeS, predicted, actual, path, p90, p10];
    this.#plot ??= this.#create(data);
    this.#plot.setData(data, false);
    this.#applyWindow();
  }

  /** Takes the colours of the theme that is now in force. */
  retheme(): void {
    this.#context.palette = readPalette();
    this.#plot?.redraw(false, true);
  }

  resetZoom(): void {
    this.#zoom = null;
    this.#listener.onZoom(false);
    this.#applyWindow();
  }

  #applyWindow(): void {
    const { fromMs, toMs } = this.#zoom ?? this.#context.frame;
    this.#plot?.setScale('x', { min: fromMs / 1000, max: toMs / 1000 });
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(200, this.#host.clientWidth), height: Math.max(160, this.#host.clientHeight) };
  }

  #create(data: uPlot.AlignedData): uPlot {
    const options = chartOptions(this.#context, this.#size(), {
      onCursor: (index) => {
        this.#listener.onReading(index === null ? null : readingAt(this.#context.frame.columns, index));
      },
      onSelect: (fromMs, toMs) => {
        this.#zoom = { fromMs, toMs };
        this.#listener.onZoom(true);
        this.#applyWindow();
      },
      onReset: () => this.resetZoom(),
    });
    return new uPlot(options, data, this.#host);
  }

  /** Arrow keys move the cursor by one point, with Shift by an hour's worth; Escape resets the zoom. */
  #key(event: KeyboardEvent): void {
    const plot = this.#plot;
    if (plot === null) return;
    if (event.key === 'Escape') {
      this.resetZoom();
      return;
    }
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    const times = this.#context.frame.columns.timeS;
    const here = plot.cursor.idx ?? plot.valToIdx(this.#context.frame.nowMs / 1000);
    const index = Math.min(times.length - 1, Math.max(0, here + direction * (event.shiftKey ? 12 : 1)));
    const timeS = times[index];
    if (timeS !== undefined) plot.setCursor({ left: plot.valToPos(timeS, 'x'), top: plot.height / 3 });
  }
}
