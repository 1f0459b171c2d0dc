import { chartColumns, type ChartColumns } from './chart/chart-data.js';
import { showTable } from './chart/data-table.js';
import { DemandChart } from './chart/demand-chart.js';
import type { ChartFrame } from './chart/chart-frame.js';
import { showReading } from './chart/readout.js';
import { ChoiceRow } from './choice.js';
import { byId, setAttribute, setText } from './dom.js';
import type { Store } from './state/store.js';
import { demandEndMs, type ZoneView } from './state/zone.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** However late demand is, the gap up to now takes no more of the chart than this. */
const LATE_SHOWN_MS = 6 * HOUR_MS;
const PAST = [
  { label: '6 h', hours: 6 },
  { label: '24 h', hours: 24 },
  { label: '3 d', hours: 72 },
  { label: '7 d', hours: 168 },
] as const;
const AHEAD = [
  { label: '6 h', hours: 6 },
  { label: '24 h', hours: 24 },
] as const;

/** Last target of the path: a zone of short horizons gets no empty day ahead. */
function pathEndMs(view: ZoneView): number {
  const last = view.nowcast?.steps.at(-1);
  return last === undefined ? Infinity : Date.parse(last.target);
}

/** The card with the main chart: its range controls, its read-out and its table. */
export class ChartSection {
  readonly #store: Store;
  readonly #past: ChoiceRow;
  readonly #ahead: ChoiceRow;
  readonly #readout = byId('readout');
  readonly #tableBox = byId('table-box') as HTMLDetailsElement;
  #chart: DemandChart | null = null;
  #zone: string | null = null;
  #timeZone = 'UTC';

  constructor(store: Store, onRange: () => void) {
    this.#store = store;
    const changed = (): void => {
      this.#chart?.resetZoom();
      store.touch('frames');
      onRange();
    };
    this.#past = new ChoiceRow(byId('past-choice'), 'past', 'Past', PAST, PAST[1], changed);
    this.#ahead = new ChoiceRow(byId('ahead-choice'), 'ahead', 'Ahead', AHEAD, AHEAD[1], changed);
    byId('reset-zoom').addEventListener('click', () => this.#chart?.resetZoom());
    this.#tableBox.addEventListener('toggle', () => store.touch('frames'));
    byId('chart').addEventListener('keydown', () => setAttribute(this.#readout, 'aria-live', 'polite'));
    byId('chart').addEventListener('pointermove', () => setAttribute(this.#readout, 'aria-live', 'off'));
  }

  /** How much past the chart shows, ms. */
  get pastMs(): number {
    return this.#past.hours * HOUR_MS;
  }

  retheme(): void {
    this.#chart?.retheme();
  }

  update(timeZone: string): void {
    this.#timeZone = timeZone;
    const view = this.#store.selectedView();
    this.#showEmpty(view);
    if (view === null) return;
    if (this.#zone !== view.info.zone) {
      this.#zone = view.info.zone;
      this.#chart?.resetZoom();
      setAttribute(
        byId('chart'),
        'aria-label',
        `Demand and nowcast of ${view.info.name}. Arrow keys read values, Escape resets the zoom.`,
      );
    }
    setAttribute(byId('chart'), 'data-origin', view.nowcast?.origin ?? null);
    const frame = this.#frame(view, timeZone);
    this.#chart ??= this.#create(frame);
    this.#chart.update(frame);
    byId('chart').closest('.card')?.classList.toggle('weak', frame.weak);
    if (this.#tableBox.open) showTable(byId('data-table'), frame.columns, timeZone, frame.fromMs);
  }

  #frame(view: ZoneView, timeZone: string): ChartFrame {
    const endMs = demandEndMs(view) ?? this.#store.nowMs();
    const nowMs = Math.max(endMs, this.#store.nowMs());
    const fromMs = endMs - this.pastMs;
    const live = this.#store.feed.phase === 'live';
    return {
      columns: this.#columns(view, fromMs),
      nowMs,
      fromMs,
      toMs: Math.max(
        Math.min(nowMs, endMs + LATE_SHOWN_MS) + HOUR_MS,
        Math.min(endMs + this.#ahead.hours * HOUR_MS, pathEndMs(view)),
      ),
      timeZone,
      weak: view.nowcast?.quality !== 'ok' || !live,
    };
  }

  #columns(view: ZoneView, fromMs: number): ChartColumns {
    const { demand, predicted, nowcast, info } = view;
    return chartColumns({ demand, predicted, nowcast, stepMs: info.stepMinutes * MINUTE_MS, fromMs });
  }

  #create(frame: ChartFrame): DemandChart {
    return new DemandChart(byId('chart'), frame, {
      onReading: (reading) => showReading(this.#readout, reading, this.#timeZone),
      onZoom: (zoomed) => {
        byId('reset-zoom').hidden = !zoomed;
      },
    });
  }

  #showEmpty(view: ZoneView | null): void {
    const text = this.#waitingFor(view);
    const empty = byId('chart-empty');
    empty.hidden = text === null;
    setText(empty, text ?? '');
  }

  /** What is missing before there is something to draw; null when there is. */
  #waitingFor(view: ZoneView | null): string | null {
    if (view === null) {
      return this.#store.feed.phase === 'live'
        ? 'Connected. Waiting for the server to report its zones.'
        : 'Waiting for a connection to the server.';
    }
    if (view.demand.length > 0) return null;
    return view.nowcast === null
      ? `Waiting for the first demand of ${view.info.name}.`
      : `Waiting for the demand history of ${view.info.name}.`;
  }
}
