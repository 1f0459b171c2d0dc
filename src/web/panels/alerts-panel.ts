import type { ListedAlert } from '../../contracts/generated/rest-alerts.js';
import { h } from '../dom.js';
import { formatDayClock, timeZoneLabel } from '../format.js';

const LEVELS = { info: 'unknown', warning: 'warn', critical: 'bad' } as const;
const ORDER = { critical: 0, warning: 1, info: 2 } as const;
const MOST_SHOWN = 12;
const MOST_RESOLVED = 20;

/** Alerts that stand, the worst first. */
export function openAlerts(alerts: readonly ListedAlert[]): ListedAlert[] {
  return alerts
    .filter((alert) => alert.state === 'raised')
    .sort((a, b) => ORDER[a.severity] - ORDER[b.severity] || b.at.localeCompare(a.at));
}

/** Alerts that are over, the latest first. */
function resolvedAlerts(alerts: readonly ListedAlert[]): ListedAlert[] {
  return alerts.filter((alert) => alert.state === 'resolved').slice(0, MOST_RESOLVED);
}

function item(alert: ListedAlert, timeZone: string): HTMLElement {
  const atMs = Date.parse(alert.at);
  const word = alert.state === 'raised' ? 'since' : 'over since';
  const since = `${word} ${formatDayClock(atMs, timeZone)} ${timeZoneLabel(atMs, timeZone)}`;
  return h(
    'li',
    {},
    h(
      'span',
      { class: 'badge', 'data-level': alert.state === 'raised' ? LEVELS[alert.severity] : 'unknown' },
      alert.severity,
    ),
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
  const wasOpen = host.querySelector('details')?.open ?? false;
  const over = past(alerts, timeZone, wasOpen);
  const open = openAlerts(alerts);
  if (open.length === 0) {
    host.replaceChildren(h('p', { class: 'all-well' }, 'No open alerts'), over);
    return;
  }
  const list = h('ul', { class: 'list' }, ...open.slice(0, MOST_SHOWN).map((alert) => item(alert, timeZone)));
  const rest = open.length - MOST_SHOWN;
  const more = rest > 0 ? [h('p', { class: 'hint' }, `and ${rest} more`)] : [];
  host.replaceChildren(list, ...more, over);
}

/** Alerts that are over, folded away. @param open as the reader left it */
function past(alerts: readonly ListedAlert[], timeZone: string, open: boolean): HTMLElement {
  const over = resolvedAlerts(alerts);
  if (over.length === 0) return h('p', { class: 'hint' }, 'None has been resolved lately.');
  const list = h('ul', { class: 'list' }, ...over.map((alert) => item(alert, timeZone)));
  return h(
    'details',
    { class: 'table-box past', open },
    h('summary', {}, `Resolved lately: ${over.length}`),
    list,
  );
}
