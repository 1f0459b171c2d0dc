import type { ListedAlert } from '../../contracts/generated/rest-alerts.js';
import { h } from '../dom.js';
import { formatDayClock, timeZoneLabel } from '../format.js';

const LEVELS = { info: 'unknown', warning: 'warn', critical: 'bad' } as const;
const ORDER = { critical: 0, warning: 1, info: 2 } as const;
const MOST_SHOWN = 8;

/** Alerts that stand, the worst first. */
export function openAlerts(alerts: readonly ListedAlert[]): ListedAlert[] {
  return alerts
    .filter((alert) => alert.state === 'raised')
    .sort((a, b) => ORDER[a.severity] - ORDER[b.severity] || b.at.localeCompare(a.at));
}

function item(alert: ListedAlert, timeZone: string): HTMLElement {
  const atMs = Date.parse(alert.at);
  const since = `since ${formatDayClock(atMs, timeZone)} ${timeZoneLabel(atMs, timeZone)}`;
  return h(
    'li',
    {},
    h('span', { class: 'badge', 'data-level': LEVELS[alert.severity] }, alert.severity),
    h('span', {}, alert.message),
    h('span', { class: 'hint' }, alert.zone === null ? since : `${alert.zone}, ${since}`),
  );
}

/** Standing alerts; "none" is said only when the server has answered. */
export function showAlerts(host: HTMLElement, alerts: readonly ListedAlert[] | null, timeZone: string): void {
  if (alerts === null) {
    host.replaceChildren(h('p', { class: 'hint' }, 'Waiting for the server.'));
    return;
  }
  const open = openAlerts(alerts);
  if (open.length === 0) {
    host.replaceChildren(h('p', { class: 'all-well' }, 'No open alerts'));
    return;
  }
  const list = h('ul', { class: 'list' }, ...open.slice(0, MOST_SHOWN).map((alert) => item(alert, timeZone)));
  const rest = open.length - MOST_SHOWN;
  host.replaceChildren(list, ...(rest > 0 ? [h('p', { class: 'hint' }, `and ${rest} more`)] : []));
}
