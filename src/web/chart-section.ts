import { showTable } from './chart/data-table.js';
import type { ChartFrame } from './chart/chart-frame.js';
import { showReading } from './chart/readout.js';
import { ZoneCharts } from './chart/zone-charts.js';
import { liveFrame, travelFrame, type FrameChoice } from './chart/zone-frame.js';
import { ChoiceRow } from './choice.js';
import { byId, setAttribute, setText } from './dom.js';
import { formatHorizon } from './format.js';
import { operatorProduct, productName } from './state/operator-product.js';
import type { Store } from './state/store.js';
import type { ZoneSeries } from './state/zone-series.js';
import { shownHorizon, type ZoneView } from './state/zone.js';

const HOUR_MS = 3_600_000;
const PAST = [6, 24, 72, 168].map((hours) => ({
  label: hours < 72 ? `${hours} h` : `${hours / 24} d`,
  value: hours * HOUR_MS,
}));
const AHEAD = [6, 24].map((hours) => ({ label: `${hours} h`, value: hours * HOUR_MS }));
const HORIZONS_MINUTES = [5, 15, 60, 360, 1440];

export interface ChartWishes {
  /** The reader chose another range or horizon. */
  onRange(): void;
  /** The reader wants to see what was predicted at this instant. */
  onTravel(timeMs: number): void;
}

/** The card with the zone's charts: range controls, read-out, legend and table. */
export class ChartSection {
  readonly #store: Store;
  readonly #wishes: ChartWishes;
  readonly #past: ChoiceRow<number>;
  readonly #ahead: ChoiceRow<number>;
  readonly #horizon: ChoiceRow<number>;
  readonly #readout = byId('readout');
  readonly #tableBox = byId('table-box') as HTMLDetailsElement;
  #charts: ZoneCharts | null = null;
  #shown: string | null = null;
  #timeZone = 'UTC';

  constructor(store: Store, wishes: ChartWishes) {
    this.#store = store;
    this.#wishes = wishes;
    const changed = (): void => {
      this.#charts?.resetZoom();
      store.touch('frames');
      wishes.onRange();
    };
    this.#past = new ChoiceRow<number>([byId('past-choice')], 'past', 'Past', changed).offer(PAST, '24 h');
    this.#ahead = new ChoiceRow<number>([byId('ahead-choice')], 'ahead', 'Ahead', changed).offer(
      AHEAD,
      '24 h',
    );
    this.#horizon = new ChoiceRow<number>(
      [byId('horizon-choice'), byId('accuracy-horizon-choice')],
      'horizon',
      'Horizon',
      changed,
    );
    this.#offerHorizons(HORIZONS_MINUTES);
    byId('reset-zoom').addEventListener('click', () => this.#charts?.resetZoom());
    this.#tableBox.addEventListener('toggle', () => store.touch('frames'));
    byId('chart').addEventListener('keydown', () => setAttribute(this.#readout, 'aria-live', 'polite'));
    byId('chart').addEventListener('pointermove', () => setAttribute(this.#readout, 'aria-live', 'off'));
  }

  /** How much past the charts show, ms. */
  get pastMs(): number {
    return this.#past.value;
  }

  /** Horizon whose past predictions and errors are shown, as the reader chose it. */
  get horizonMinutes(): number {
    return this.#horizon.value;
  }

  /** Chooses the horizon that an address names. */
  chooseHorizon(minutes: number): void {
    this.#horizon.set(formatHorizon(minutes));
  }

  retheme(): void {
    this.#charts?.retheme();
  }

  update(timeZone: string): void {
    this.#timeZone = timeZone;
    const view = this.#store.selectedView();
    this.#showEmpty(view);
    if (view === null) return;
    this.#offerHorizons(HORIZONS_MINUTES.filter((minutes) => shownHorizon(view, minutes) === minutes));
    this.#name(view);
    const { frame, series, choice } = this.#frame(view, timeZone);
    this.#charts ??= this.#create(frame);
    this.#charts.update(frame);
    this.#showLegend(series, choice, frame);
    if (this.#tableBox.open) showTable(byId('data-table'), frame.columns, timeZone, frame.fromMs);
  }

  #offerHorizons(minutes: readonly number[]): void {
    const offered = minutes.length === 0 ? HORIZONS_MINUTES : minutes;
    const standard = offered.find((one) => one >= 60) ?? offered.at(-1) ?? 60;
    this.#horizon.offer(
      offered.map((value) => ({ label: formatHorizon(value), value })),
      formatHorizon(standard),
    );
  }

  /** A new zone or another moment starts with its whole range. */
  #name(view: ZoneView): void {
    const travel = this.#store.travel;
    const shown = `${view.info.zone} ${travel?.atMs ?? 'live'}`;
    if (this.#shown === shown) return;
    if (this.#shown?.startsWith(`${view.info.zone} `) !== true || travel === null) this.#charts?.resetZoom();
    this.#shown = shown;
    setAttribute(
      byId('chart'),
      'aria-label',
      `Demand and nowcast of ${view.info.name}. Arrow keys read values, plus and minus zoom, Escape shows all, ` +
        'Enter shows what was predicted at that time.',
    );
  }

  #frame(view: ZoneView, timeZone: string): { frame: ChartFrame; series: ZoneSeries; choice: FrameChoice } {
    const { travel, feed } = this.#store;
    const series = travel ?? view;
    const choice: FrameChoice = {
      pastMs: this.pastMs,
      aheadMs: this.#ahead.value,
      horizonMinutes: shownHorizon(view, this.horizonMinutes),
      timeZone,
      product: operatorProduct(series),
    };
    const frame =
      travel === null
        ? liveFrame(view, choice, this.#store.nowMs(), feed.phase === 'live')
        : travelFrame(travel, view.info.stepMinutes, choice);
    const origin = (travel ?? view).nowcast?.origin ?? null;
    setAttribute(byId('chart'), 'data-origin', origin);
    return { frame, series, choice };
  }

  #showLegend(series: ZoneSeries, { horizonMinutes, product }: FrameChoice, frame: ChartFrame): void {
    const card = byId('chart').closest('.card');
    card?.classList.toggle('weak', frame.weak);
    card?.classList.toggle('travelling', this.#store.travel !== null);
    const ahead = formatHorizon(horizonMinutes);
    setText(byId('legend-path'), this.#store.travel === null ? 'Nowcast' : 'Nowcast of that time');
    setText(byId('legend-weak'), frame.weak ? ' (greyed: see above)' : '');
    setText(byId('legend-predicted'), `Predicted ${ahead} before`);
    setText(byId('error-title'), `Error of the nowcast ${ahead} ahead, % of actual`);
    byId('legend-operator-item').hidden = product === null;
    setText(byId('legend-operator'), `Operator’s forecast (${productName(product)})`);
    byId('legend-model-item').hidden = frame.marks.length === 0;
    byId('temperature-box').hidden = series.temperatureC.length === 0;
  }

  #create(frame: ChartFrame): ZoneCharts {
    const elements = {
      demand: byId('chart'),
      error: byId('error-chart'),
      temperature: byId('temperature-chart'),
    };
    return new ZoneCharts(elements, frame, {
      onReading: (reading) => showReading(this.#readout, reading, this.#timeZone, this.horizonMinutes),
      onZoom: (zoomed) => {
        byId('reset-zoom').hidden = !zoomed;
      },
      onTravel: (timeMs) => this.#wishes.onTravel(timeMs),
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
    const { feed, travel } = this.#store;
    if (view === null) {
      return feed.phase === 'live'
        ? 'Connected. Waiting for the server to report its zones.'
        : 'Waiting for a connection to the server.';
    }
    if (travel !== null) return travel.state === 'loading' && travel.nowcast === null ? 'Loading' : null;
    if (view.demand.length > 0) return null;
    return view.nowcast === null
      ? `Waiting for the first demand of ${view.info.name}.`
      : `Waiting for the demand history of ${view.info.name}.`;
  }
}
