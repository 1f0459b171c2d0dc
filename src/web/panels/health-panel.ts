import type { StatusBody } from '../../contracts/generated/rest-status.js';
import { h } from '../dom.js';
import { formatAge, formatClock } from '../format.js';
import { factList } from './facts.js';

const MOST_ERRORS = 3;

/** Records that the view has still to read, over all partitions. */
export function lagOf(status: StatusBody): number {
  return status.topics.reduce((sum, { position, end }) => sum + Math.max(0, end - position), 0);
}

function check(entry: StatusBody['checks'][number]): HTMLElement {
  const badge = h(
    'span',
    { class: 'badge', 'data-level': entry.ok ? 'good' : 'bad' },
    entry.ok ? 'ok' : 'not ok',
  );
  const detail = entry.ok
    ? null
    : h('span', { class: 'hint' }, `${entry.detail} (for ${formatAge(entry.sinceMs)})`);
  return h('li', {}, badge, h('span', {}, entry.name), detail);
}

/** The parts of the service in brief: checks, lag, clients, and the latest errors. */
export function showHealth(
  host: HTMLElement,
  status: StatusBody | null,
  problem: string | null,
  timeZone: string,
): void {
  const trouble =
    problem === null ? [] : [h('p', { class: 'hint' }, `Some of this page is out of date: ${problem}`)];
  if (status === null) {
    host.replaceChildren(h('p', { class: 'hint' }, 'Waiting for the server.'), ...trouble);
    return;
  }
  const errors = status.errors
    .slice(0, MOST_ERRORS)
    .map((error) =>
      h(
        'li',
        {},
        h('span', { class: 'badge', 'data-level': 'warn' }, formatClock(Date.parse(error.at), timeZone)),
        h('span', {}, `${error.where}: ${error.message}`),
      ),
    );
  const facts = factList([
    ['Running', `${status.roles.join(', ') || status.service}, for ${formatAge(status.uptimeMs)}`],
    ['Log and history', `${status.log.kind}, ${status.history.kind}`],
    ['Behind by', `${lagOf(status).toLocaleString('en-US')} records`],
    ['Feed clients', String(status.feed.clients)],
    ['Program', status.version],
  ]);
  host.replaceChildren(
    h('ul', { class: 'list' }, ...status.checks.map(check)),
    facts,
    ...(errors.length === 0 ? [] : [h('ul', { class: 'list' }, ...errors)]),
    ...trouble,
  );
}
