import type uPlot from 'uplot';
import type { ChartColumns } from './chart-data.js';
import type { ChartContext, ChartFrame } from './chart-frame.js';
import { listenToGestures } from './gestures.js';
import { readPalette } from './palette.js';
import { PlotHost } from './plot-host.js';
import { demandOptions, errorOptions, temperatureOptions, type PlotEvents } from './plot-options.js';
import { readingAt, type Reading } from './reading.js';
import { isWhole, panned, zoomed, type TimeWindow } from './time-window.js';

export interface ChartsListener {
  onReading(reading: Reading | null): void;
  onZoom(zoomed: boolean): void;
  /** The reader wants to see what was predicted at this instant. */
  onTravel(timeMs: number): void;
}

export interface ChartElements {
  readonly demand: HTMLElement;
  readonly error: HTMLElement;
  readonly temperature: HTMLElement;
}

const KEY_ZOOM = 0.6;
const KEY_PAN_SHARE = 0.2;
const HOUR_S = 3600;

/** Demand, error and temperature of a zone under each other: one window, one cursor, moved by pointer or keyboard. */
export class ZoneCharts {
  readonly #listener: ChartsListener;
  readonly #context: ChartContext;
  readonly #demand: PlotHost;
  readonly #all: readonly [PlotHost, (columns: ChartColumns) => uPlot.AlignedData][];
  #zoom: TimeWindow | null = null;
  #scheduled = false;
  #following = false;

  constructor(elements: ChartElements, frame: ChartFrame, listener: ChartsListener) {
    this.#listener = listener;
    this.#context = { frame, palette: readPalette() };
    const events: PlotEvents = {
      onCursor: (plot, index) => this.#cursor(plot, index),
      onSelect: (fromMs, toMs) => this.#setZoom({ fromMs, toMs }),
      onReset: () => this.resetZoom(),
    };
    const context = this.#context;
    this.#demand = new PlotHost(elements.demand, (size) => demandOptions(context, size, events));
    const error = new PlotHost(elements.error, (size) => errorOptions(context, size, events));
    const temperature = new PlotHost(elements.temperature, (size) =>
      temperatureOptions(context, size, events),
    );
    this.#all = [
      [this.#demand, (c) => [c.timeS, c.predicted, c.operator, c.actual, c.path, c.p90, c.p10]],
      [error, (c) => [c.timeS, c.errorPct]],
      [temperature, (c) => [c.timeS, c.temperatureC]],
    ];
    for (const [host] of this.#all) listenToGestures(host.element, this.#gestures(host));
    elements.demand.addEventListener('keydown', (event) => this.#key(event));
    elements.demand.addEventListener('blur', () => this.#demand.plot?.setCursor({ left: -10, top: -10 }));
  }

  update(frame: ChartFrame): void {
    this.#context.frame = frame;
    const { fromMs, toMs } = this.#window();
    for (const [host, data] of this.#all) host.show(data(frame.columns), fromMs / 1000, toMs / 1000);
  }

  retheme(): void {
    this.#context.palette = readPalette();
    for (const [host] of this.#all) host.retheme();
  }

  resetZoom(): void {
    this.#setZoom(null);
  }

  #window(): TimeWindow {
    return this.#zoom ?? this.#context.frame;
  }

  #setZoom(window: TimeWindow | null): void {
    this.#zoom = window === null || isWhole(window, this.#context.frame) ? null : window;
    this.#listener.onZoom(this.#zoom !== null);
    // Many wheel events come between two frames.
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      const { fromMs, toMs } = this.#window();
      for (const [host] of this.#all) host.move(fromMs / 1000, toMs / 1000);
    });
  }

  #gestures(host: PlotHost): Parameters<typeof listenToGestures>[1] {
    return {
      timeAt: (clientX) => {
        const left = host.plot?.over.getBoundingClientRect().left ?? 0;
        return (host.plot?.posToVal(clientX - left, 'x') ?? 0) * 1000;
      },
      msPerPixel: () => {
        const { fromMs, toMs } = this.#window();
        return (toMs - fromMs) / Math.max(1, host.plot?.over.clientWidth ?? 1);
      },
      zoom: (anchorMs, factor) =>
        this.#setZoom(zoomed(this.#window(), anchorMs, factor, this.#context.frame)),
      pan: (byMs) => this.#setZoom(panned(this.#window(), byMs, this.#context.frame)),
    };
  }

  /** One cursor in all charts; each chart's own change would call back for ever. */
  #cursor(plot: uPlot, index: number | null): void {
    if (this.#following) return;
    this.#following = true;
    for (const [{ plot: other }] of this.#all) {
      if (other !== null && other !== plot) other.setCursor({ left: plot.cursor.left ?? -10, top: 4 });
    }
    this.#following = false;
    this.#listener.onReading(index === null ? null : readingAt(this.#context.frame.columns, index));
  }

  /** See docs/dashboard.md for the keys. */
  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const handled = this.#move(event) || this.#zoomKey(event.key) || this.#travelKey(event.key);
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #move({ key, shiftKey }: KeyboardEvent): boolean {
    const direction = { ArrowLeft: -1, ArrowRight: 1, PageUp: -1, PageDown: 1 }[key];
    const plot = this.#demand.plot;
    if (direction === undefined || plot === null) return false;
    const { fromMs, toMs } = this.#window();
    if (shiftKey) {
      const byMs = direction * KEY_PAN_SHARE * (toMs - fromMs);
      this.#setZoom(panned({ fromMs, toMs }, byMs, this.#context.frame));
      return true;
    }
    const times = this.#context.frame.columns.timeS;
    const here = plot.cursor.idx ?? plot.valToIdx(this.#context.frame.nowMs / 1000);
    const hour = plot.valToIdx((times[here] ?? 0) + direction * HOUR_S);
    const index = key.startsWith('Page') ? hour : here + direction;
    const timeS = times[Math.min(times.length - 1, Math.max(0, index))];
    if (timeS !== undefined) plot.setCursor({ left: plot.valToPos(timeS, 'x'), top: plot.height / 3 });
    return true;
  }

  #zoomKey(key: string): boolean {
    if (key === 'Escape') {
      const zoomed = this.#zoom !== null;
      this.resetZoom();
      return zoomed;
    }
    const factor = { '+': KEY_ZOOM, '=': KEY_ZOOM, '-': 1 / KEY_ZOOM }[key];
    if (factor === undefined) return false;
    const { nowMs } = this.#context.frame;
    this.#setZoom(zoomed(this.#window(), this.#cursorMs() ?? nowMs, factor, this.#context.frame));
    return true;
  }

  #travelKey(key: string): boolean {
    const timeMs = this.#cursorMs();
    if (key !== 'Enter' || timeMs === null) return false;
    this.#listener.onTravel(timeMs);
    return true;
  }

  #cursorMs(): number | null {
    const plot = this.#demand.plot;
    if (plot === null || (plot.cursor.left ?? -1) < 0) return null;
    const timeS = this.#context.frame.columns.timeS[plot.cursor.idx ?? -1];
    return timeS === undefined ? null : timeS * 1000;
  }
}
