import { byId, h, setAttribute, setText } from './dom.js';
import { formatDeltaMw, formatHorizon, formatMw } from './format.js';
import { Sparkline } from './sparkline.js';
import type { Store } from './state/store.js';
import { zoneState } from './state/zone-state.js';
import { latestMw, nextHour, type ZoneView } from './state/zone.js';

/** More tiles than this are found by typing, not by looking. */
const MOST_TILES = 48;
const FILTER_FROM = 9;

class Tile {
  readonly element: HTMLButtonElement;
  readonly #name = h('span');
  readonly #badge = h('span', { class: 'badge' });
  readonly #mw = h('span');
  readonly #delta = h('b');
  readonly #ahead = h('span');
  readonly #spark = new Sparkline();

  constructor(zone: string) {
    this.element = h(
      'button',
      { type: 'button', class: 'tile', role: 'radio', 'data-zone': zone },
      h('span', { class: 'tile-name' }, this.#name, this.#badge),
      h('span', { class: 'tile-mw' }, this.#mw, h('small', {}, 'MW')),
      h('span', { class: 'tile-delta' }, this.#delta, this.#ahead),
      this.#spark.element,
    );
  }

  update(view: ZoneView, selected: boolean, focusable: boolean, nowMs: number): void {
    const now = latestMw(view);
    const next = nextHour(view);
    const delta = next === null || now === null ? null : formatDeltaMw(next.mw - now);
    const [level, word] = zoneState(view, nowMs);
    setText(this.#name, view.info.name);
    setText(this.#mw, formatMw(now));
    setText(this.#delta, delta ?? '');
    setText(
      this.#ahead,
      delta === null ? 'no nowcast yet' : ` in ${formatHorizon(next?.horizonMinutes ?? 60)}`,
    );
    setText(this.#badge, word);
    setAttribute(this.#badge, 'data-level', level);
    setAttribute(this.element, 'aria-checked', String(selected));
    setAttribute(this.element, 'tabindex', focusable ? '0' : '-1');
    const change = delta === null ? 'no nowcast yet' : `next hour ${delta} megawatts`;
    setAttribute(
      this.element,
      'aria-label',
      `${view.info.name}: ${formatMw(now)} megawatts, ${change}, ${word}`,
    );
    this.#spark.update(view);
  }
}

/** The zone picker: one tile a zone, chosen by click or with the arrow keys as a radio group is. */
export class Tiles {
  readonly #host = byId('tiles');
  readonly #filter = byId('zone-filter') as HTMLInputElement;
  readonly #tiles = new Map<string, Tile>();
  readonly #store: Store;
  readonly #onChoose: (zone: string) => void;

  /** @param onChoose called with the zone that the reader chose */
  constructor(store: Store, onChoose: (zone: string) => void) {
    this.#store = store;
    this.#onChoose = onChoose;
    this.#host.addEventListener('click', (event) => {
      const tile = event.target instanceof Element ? event.target.closest('[data-zone]') : null;
      const zone = tile?.getAttribute('data-zone');
      if (zone) onChoose(zone);
    });
    this.#host.addEventListener('keydown', (event) => this.#key(event));
    this.#filter.addEventListener('input', () => store.touch('zones'));
  }

  /** Zones whose tile is on the page. */
  shown(): ZoneView[] {
    const wanted = this.#filter.value.trim().toLowerCase();
    const matching = [...this.#store.zones.values()].filter((view) =>
      `${view.info.name} ${view.info.zone}`.toLowerCase().includes(wanted),
    );
    return matching.slice(0, MOST_TILES);
  }

  update(): void {
    const shown = this.shown();
    this.#arrange(shown);
    const nowMs = this.#store.nowMs();
    const { selected } = this.#store;
    const focusZone = shown.some((view) => view.info.zone === selected) ? selected : shown[0]?.info.zone;
    for (const view of shown) {
      const { zone } = view.info;
      this.#tiles.get(zone)?.update(view, zone === selected, zone === focusZone, nowMs);
    }
  }

  #arrange(shown: readonly ZoneView[]): void {
    const elements = shown.map(({ info }) => {
      const tile = this.#tiles.get(info.zone) ?? new Tile(info.zone);
      this.#tiles.set(info.zone, tile);
      return tile.element;
    });
    const same =
      elements.length === this.#host.childElementCount &&
      elements.every((el, i) => this.#host.children[i] === el);
    if (!same) this.#host.replaceChildren(...elements);
    const count = this.#store.zones.size;
    byId('zone-filter-box').hidden = count < FILTER_FROM;
    const more = byId('tiles-more');
    more.hidden = shown.length >= count || shown.length < MOST_TILES;
    setText(more, `${shown.length} of ${count} zones shown; type a name to find another.`);
  }

  #key(event: KeyboardEvent): void {
    const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const tiles = [...this.#host.querySelectorAll<HTMLButtonElement>('[data-zone]')];
    const here = tiles.findIndex((tile) => tile === document.activeElement);
    if (here < 0 || tiles.length === 0) return;
    const ends = { Home: 0, End: tiles.length - 1 }[event.key];
    if (move === undefined && ends === undefined) return;
    event.preventDefault();
    const target = tiles[ends ?? (here + (move ?? 0) + tiles.length) % tiles.length];
    target?.focus();
    const zone = target?.getAttribute('data-zone');
    if (zone) this.#onChoose(zone);
  }
}
