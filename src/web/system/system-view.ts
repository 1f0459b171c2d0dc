import { byId, h, setAttribute, setText } from '../dom.js';
import { formatHorizon } from '../format.js';
import type { Store } from '../state/store.js';
import type { ZoneView } from '../state/zone.js';
import { cardFigures, ZoneCard, type CardFigures } from './zone-card.js';

/** More cards than this are found by typing, not by looking. */
const MOST_CARDS = 60;
const FILTER_FROM = 13;
/** So few cards share the whole height of a large screen. */
const FEW = 6;
const HEADINGS = [
  'Zone',
  'State',
  'Data',
  'Demand MW',
  'Change ahead',
  'Peak MW',
  'Error now',
  'Error now MW',
  'MAPE 24 h',
];

/** All zones at a glance: a card each, or a table. */
export class SystemView {
  readonly #store: Store;
  readonly #host = byId('cards');
  readonly #filter = byId('card-filter') as HTMLInputElement;
  readonly #tableBox = byId('system-table-box') as HTMLDetailsElement;
  readonly #cards = new Map<string, ZoneCard>();

  constructor(store: Store) {
    this.#store = store;
    this.#filter.addEventListener('input', () => store.touch('zones'));
    this.#tableBox.addEventListener('toggle', () => store.touch('frames'));
  }

  /** Zones whose card is on the page. */
  shown(): ZoneView[] {
    const wanted = this.#filter.value.trim().toLowerCase();
    return [...this.#store.zones.values()]
      .filter(({ info }) => `${info.name} ${info.zone}`.toLowerCase().includes(wanted))
      .slice(0, MOST_CARDS);
  }

  /** @param utc true: times in UTC; else in each zone's own time */
  update(utc: boolean, horizonMinutes: number): void {
    const shown = this.shown();
    this.#arrange(shown);
    const nowMs = this.#store.nowMs();
    const live = this.#store.feed.phase === 'live';
    const rows: CardFigures[] = [];
    for (const view of shown) {
      const timeZone = utc ? 'UTC' : view.info.timeZone;
      const figures = cardFigures(view, nowMs, horizonMinutes, timeZone);
      this.#cards.get(view.info.zone)?.update(view, figures, timeZone, nowMs, live);
      rows.push(figures);
    }
    setText(
      byId('system-horizon'),
      `Errors are those of the nowcast ${formatHorizon(horizonMinutes)} ahead.`,
    );
    if (this.#tableBox.open) showTable(byId('system-table'), rows);
  }

  #arrange(shown: readonly ZoneView[]): void {
    const elements = shown.map(({ info }) => {
      const card = this.#cards.get(info.zone) ?? new ZoneCard(info.zone);
      this.#cards.set(info.zone, card);
      return card.element;
    });
    const same =
      elements.length === this.#host.childElementCount &&
      elements.every((element, index) => this.#host.children[index] === element);
    if (!same) this.#host.replaceChildren(...elements);
    const count = this.#store.zones.size;
    setAttribute(this.#host, 'data-few', shown.length <= FEW ? 'true' : null);
    byId('card-filter-box').hidden = count < FILTER_FROM;
    byId('cards-empty').hidden = count > 0;
    const more = byId('cards-more');
    more.hidden = shown.length >= count || shown.length < MOST_CARDS;
    setText(more, `${shown.length} of ${count} zones shown; type a name to find another.`);
  }
}

function showTable(table: HTMLElement, rows: readonly CardFigures[]): void {
  const head = h('thead', {}, h('tr', {}, ...HEADINGS.map((text) => h('th', { scope: 'col' }, text))));
  const body = rows.map((row) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, row.name),
      ...[
        row.state[1],
        row.age.text,
        row.mw,
        `${row.delta} in ${row.ahead}`,
        row.peak,
        row.errorNow,
        row.errorNowMw,
        row.mape,
      ].map((text) => h('td', {}, text)),
    ),
  );
  table.replaceChildren(head, h('tbody', {}, ...body));
}
