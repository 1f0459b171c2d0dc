import type { StatusBody } from '../../contracts/generated/rest-status.js';
import { h } from '../dom.js';
import { formatAge, formatMw } from '../format.js';
import { modelName, reasonSentence } from '../state/reasons.js';

const LEVELS = { ok: 'good', degraded: 'warn', fallback: 'bad' } as const;

function row(zone: StatusBody['zones'][number]): HTMLElement {
  const quality =
    zone.quality === null
      ? h('span', { class: 'badge' }, 'waiting')
      : h('span', { class: 'badge', 'data-level': LEVELS[zone.quality] }, zone.quality);
  const age = zone.demandAgeMs === null ? 'no data yet' : formatAge(zone.demandAgeMs);
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, zone.name),
    h('td', {}, quality),
    h(
      'td',
      {},
      h(
        'span',
        { class: 'badge', 'data-level': zone.late ? 'warn' : 'good' },
        zone.late ? `late, ${age}` : age,
      ),
    ),
    h('td', {}, formatMw(zone.latestDemandMw)),
    h('td', { class: 'soft' }, zone.modelVersion === null ? '–' : modelName(zone.modelVersion)),
    h('td', { class: 'words' }, zone.reasons.map(reasonSentence).join(' ')),
  );
}

/** Freshness and quality of every zone, as the server sees them. */
export function showZoneStatus(host: HTMLElement, status: StatusBody | null): void {
  if (status === null || status.zones.length === 0) {
    const text = status === null ? 'Waiting for the server.' : 'No zone yet.';
    host.replaceChildren(h('p', { class: 'hint' }, text));
    return;
  }
  const headings = ['Zone', 'Nowcast', 'Age of demand', 'Demand MW', 'Made by', 'Why not ok'];
  const head = h('thead', {}, h('tr', {}, ...headings.map((text) => h('th', { scope: 'col' }, text))));
  host.replaceChildren(h('table', { class: 'wide' }, head, h('tbody', {}, ...status.zones.map(row))));
}

/** How far the view of this server is behind each topic. */
export function showTopics(host: HTMLElement, status: StatusBody | null): void {
  if (status === null) {
    host.replaceChildren(h('p', { class: 'hint' }, 'Waiting for the server.'));
    return;
  }
  const topics = new Map<string, { end: number; lag: number }>();
  for (const { topic, position, end } of status.topics) {
    const sum = topics.get(topic) ?? { end: 0, lag: 0 };
    topics.set(topic, { end: sum.end + end, lag: sum.lag + Math.max(0, end - position) });
  }
  const rows = [...topics].map(([topic, { end, lag }]) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, topic),
      h('td', {}, end.toLocaleString('en-US')),
      h('td', {}, lag === 0 ? '0' : h('b', {}, lag.toLocaleString('en-US'))),
      h('td', {}, (status.counts.records[topic] ?? 0).toLocaleString('en-US')),
    ),
  );
  const head = ['Topic', 'Records', 'Behind by', 'Read since start'].map((text) =>
    h('th', { scope: 'col' }, text),
  );
  host.replaceChildren(h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows)));
}
