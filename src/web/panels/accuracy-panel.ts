import type { Accuracy } from '../../contracts/generated/accuracy.js';
import { h } from '../dom.js';
import { formatDeltaMw, formatHorizon, formatPercent } from '../format.js';
import { scoresOf, type ScoreWindow, type ZoneView } from '../state/zone.js';

/** Below this many scored nowcasts a percentage says more about chance than about the model. */
export const ENOUGH_SCORED = 12;
const SHOWN_MINUTES = [5, 15, 30, 60, 120, 180, 360, 720, 1440];
const HINTS = {
  mape: 'Mean absolute error in percent of actual demand',
  bias: 'Mean of nowcast minus actual',
  coverage: 'Share of actuals inside P10–P90; 80 % is right',
  skill: 'Error saved against the 24 h ramp baseline; above 0 is better than it',
};

/** The scores worth showing: the usual horizons of those the zone has. */
export function shownScores(scores: readonly Accuracy[]): Accuracy[] {
  const chosen = scores.filter((score) => SHOWN_MINUTES.includes(score.horizonMinutes));
  return [...chosen].sort((a, b) => a.horizonMinutes - b.horizonMinutes);
}

function row(score: Accuracy): HTMLElement {
  const head = h('th', { scope: 'row' }, formatHorizon(score.horizonMinutes));
  if (score.n < ENOUGH_SCORED) {
    return h('tr', {}, head, h('td', { colspan: 4, class: 'soft' }, `not enough scored yet (${score.n})`));
  }
  const skill = score.skill === null ? null : score.skill * 100;
  return h(
    'tr',
    { title: `${score.n} nowcasts scored` },
    head,
    h('td', {}, h('b', {}, formatPercent(score.mape))),
    h('td', { class: 'soft' }, formatDeltaMw(score.bias)),
    h('td', { class: 'soft' }, formatPercent(score.coverage80, 0)),
    h('td', { class: 'soft' }, formatPercent(skill, 0)),
  );
}

/** Measured accuracy of a window by horizon; says so when there is not enough of it. */
export function showAccuracy(host: HTMLElement, view: ZoneView | null, window: ScoreWindow): void {
  const scores = view === null ? [] : shownScores(scoresOf(view, window));
  if (scores.length === 0) {
    const text = 'Not enough scored yet. Scores appear once demand has been measured for what was predicted.';
    host.replaceChildren(h('p', { class: 'hint' }, text));
    return;
  }
  const headings: readonly [string, string | null][] = [
    ['Ahead', null],
    ['MAPE', HINTS.mape],
    ['Bias MW', HINTS.bias],
    ['In band', HINTS.coverage],
    ['Skill', HINTS.skill],
  ];
  const head = headings.map(([text, title]) => h('th', { scope: 'col', title }, text));
  host.replaceChildren(
    h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...scores.map(row))),
  );
}
