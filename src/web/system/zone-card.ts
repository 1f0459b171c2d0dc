import { h, setAttribute, setText } from '../dom.js';
import {
  formatClock,
  formatDeltaMw,
  formatHorizon,
  formatMw,
  formatPercent,
  timeZoneLabel,
} from '../format.js';
import { formatRoute } from '../route.js';
import { errorNow, zoneAge, zoneState } from '../state/zone-state.js';
import { latestMw, nextHour, pathPeak, scoreOf, shownHorizon, type ZoneView } from '../state/zone.js';
import { MiniChart, type MiniLabels } from './mini-chart.js';

/** Below this many scored nowcasts the last day's error is not worth a number. */
const ENOUGH = 12;

/** Everything about a zone that fits on a card or in a row of the table. */
export interface CardFigures {
  readonly name: string;
  readonly mw: string;
  readonly delta: string;
  readonly ahead: string;
  readonly peak: string;
  readonly errorNow: string;
  readonly errorNowMw: string;
  readonly mape: string;
  readonly state: readonly [level: string, word: string];
  readonly age: { readonly level: string; readonly text: string };
}

/** Reads the figures off a zone. @param horizonMinutes horizon whose errors count */
export function cardFigures(
  view: ZoneView,
  nowMs: number,
  horizonMinutes: number,
  timeZone: string,
): CardFigures {
  const now = latestMw(view);
  const next = nextHour(view);
  const peak = pathPeak(view);
  const miss = errorNow(view, horizonMinutes);
  const score = scoreOf(view, '24h', shownHorizon(view, horizonMinutes));
  return {
    name: view.info.name,
    mw: formatMw(now),
    delta: next === null || now === null ? '–' : formatDeltaMw(next.mw - now),
    ahead: formatHorizon(next?.horizonMinutes ?? 60),
    peak: peak === null ? '–' : `${formatMw(peak.mw)} at ${formatClock(Date.parse(peak.target), timeZone)}`,
    errorNow: miss === null ? '–' : formatPercent(miss.pct),
    errorNowMw: miss === null ? '–' : formatDeltaMw(miss.mw),
    mape: score === null || score.n < ENOUGH ? '–' : formatPercent(score.mape),
    state: zoneState(view, nowMs),
    age: zoneAge(view, nowMs),
  };
}

/** One zone of the system view; the whole card is a link to the zone's own view. */
export class ZoneCard {
  readonly element: HTMLElement;
  readonly #link = h('a', { 'data-route': '' });
  readonly #state = h('span', { class: 'badge' });
  readonly #age = h('span', { class: 'badge' });
  readonly #mw = h('span');
  readonly #delta = h('b');
  readonly #ahead = h('span');
  readonly #peak = h('b');
  readonly #errorNow = h('b');
  readonly #mape = h('b');
  readonly #chart = new MiniChart();
  readonly #corners = { high: h('i'), low: h('i'), from: h('i'), now: h('i'), to: h('i') };

  constructor(zone: string) {
    const address = formatRoute({ view: 'zone', zone, atMs: null, horizonMinutes: null });
    setAttribute(this.#link, 'href', address);
    const { high, low, from, now, to } = this.#corners;
    this.element = h(
      'li',
      { class: 'card zone-card', 'data-card': zone },
      h('div', { class: 'zone-card-head' }, h('h3', {}, this.#link), this.#state),
      h(
        'p',
        { class: 'zone-card-now' },
        h('span', { class: 'tile-mw' }, this.#mw, h('small', {}, 'MW')),
        h('span', { class: 'tile-delta' }, this.#delta, this.#ahead),
        this.#age,
      ),
      h(
        'div',
        { class: 'mini-box', 'aria-hidden': 'true' },
        h('span', { class: 'mini-range' }, high, low),
        this.#chart.element,
        h('span', { class: 'mini-times' }, from, now, to),
      ),
      h(
        'p',
        { class: 'zone-card-foot' },
        h('span', {}, 'Peak ', this.#peak),
        h('span', {}, 'Error now ', this.#errorNow),
        h('span', {}, 'MAPE 24 h ', this.#mape),
      ),
    );
  }

  /** @param live false: the page is not connected, so the path is greyed */
  update(view: ZoneView, figures: CardFigures, timeZone: string, nowMs: number, live: boolean): void {
    setText(this.#link, figures.name);
    setText(this.#mw, figures.mw);
    setText(this.#delta, figures.delta);
    setText(this.#ahead, ` in ${figures.ahead}`);
    setText(this.#peak, figures.peak);
    setText(this.#errorNow, figures.errorNow);
    setText(this.#mape, figures.mape);
    const [level, word] = figures.state;
    setAttribute(this.#state, 'data-level', level);
    setText(this.#state, word);
    setAttribute(this.#age, 'data-level', figures.age.level);
    setText(this.#age, figures.age.text);
    const weak = level !== 'good' || !live;
    this.#label(this.#chart.update(view, weak, timeZone), timeZoneLabel(nowMs, timeZone));
  }

  #label(labels: MiniLabels | null, zoneLabel: string): void {
    const { high, low, from, now, to } = this.#corners;
    setText(high, labels?.high ?? '');
    setText(low, labels?.low ?? '');
    setText(from, labels?.from ?? '');
    setText(now, labels === null ? '' : `${labels.now} ${zoneLabel}`);
    setText(to, labels?.to ?? '');
  }
}
