import { byId, h, setText } from '../dom.js';
import { formatDayClock, formatMw, formatPercent } from '../format.js';
import { drawStackPlot } from '../plot/stack-plot.js';
import { fuelMixOf, fuelWords, thinned, type FuelMix } from '../state/fuel-mix.js';
import type { ZoneView } from '../state/zone.js';

const PLOT_HEIGHT_EM = 15;
/** Points over the whole width. */
const MOST_POINTS = 400;

/** The zone's generation by fuel over the past that is shown; hidden where the source has none. */
export class FuelMixPanel {
  readonly #card = byId('fuel-mix-card');
  readonly #plot = byId('fuel-mix');
  #drawn: readonly unknown[] = [];

  /** @param view null: nothing is shown, for example because a moment of the past is looked at */
  update(view: ZoneView | null, fromMs: number, timeZone: string): void {
    const mix = view === null ? null : fuelMixOf(view.supply, fromMs);
    this.#card.hidden = mix === null;
    if (view === null || mix === null) return;
    // Frames arrive many times a second, fuel mixes each five minutes.
    const drawn = [view.supply, mix.timesMs[0], timeZone, this.#plot.clientWidth];
    if (drawn.every((one, index) => one === this.#drawn[index])) return;
    this.#drawn = drawn;
    this.#draw(view, mix, timeZone);
  }

  #draw(view: ZoneView, mix: FuelMix, timeZone: string): void {
    const newest = newestOf(mix);
    const sum = newest.reduce((total, { mw }) => total + mw, 0);
    const at = formatDayClock(mix.timesMs.at(-1) ?? 0, timeZone);
    setText(byId('fuel-mix-at'), `At ${at}: ${formatMw(sum)} MW`);
    const largest = [...newest].sort((a, b) => b.mw - a.mw).slice(0, 3);
    const words = largest.map(({ name, mw }) => `${fuelWords(name)} ${formatMw(mw)} MW`).join(', ');
    drawStackPlot(this.#plot, {
      label: `Generation of ${view.info.name} by fuel over time. At ${at} most came from: ${words}. The table has all of them.`,
      mix: thinned(mix, MOST_POINTS),
      timeZone,
      height: PLOT_HEIGHT_EM,
    });
    byId('fuel-mix-table').replaceChildren(tableOf(newest, sum));
  }
}

interface FuelNow {
  readonly name: string;
  readonly mw: number;
}

function newestOf({ fuels }: FuelMix): FuelNow[] {
  // Top of the stack first, as the eye meets it.
  return fuels.map(({ name, mw }) => ({ name, mw: mw.at(-1) ?? 0 })).reverse();
}

function tableOf(newest: readonly FuelNow[], sum: number): HTMLElement {
  const head = ['Fuel', 'MW', 'Share'].map((text) => h('th', { scope: 'col' }, text));
  const rows = newest.map(({ name, mw }) => {
    const key = h('i', { class: 'fuel-key', 'data-fuel': name, 'aria-hidden': 'true' });
    const share = sum > 0 ? formatPercent((100 * mw) / sum, 1) : '–';
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, key, fuelWords(name)),
      h('td', {}, formatMw(mw)),
      h('td', { class: 'soft' }, share),
    );
  });
  return h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows));
}
