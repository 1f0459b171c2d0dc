import type { ListedQualitySummary } from '../../contracts/generated/rest-quality.js';
import { h } from '../dom.js';
import { formatAge, formatDay, formatPercent } from '../format.js';
import { ruleWords } from './quality-panel.js';

const MINUTE_MS = 60_000;
/** Rules with a column of their own. */
const OWN_COLUMN = new Set(['gap', 'late']);
const HEADINGS = ['Zone', 'Day', 'Complete', 'Missing', 'Gaps', 'Late', 'Quarantined', 'Findings of rules'];

/** A local date as people read it: the date is the zone's already. */
function dayWords(day: string): string {
  return formatDay(Date.parse(`${day}T12:00:00Z`), 'UTC');
}

function count(value: number): HTMLElement {
  const text = value.toLocaleString('en-US');
  return h('td', value === 0 ? { class: 'soft' } : {}, value === 0 ? text : h('b', {}, text));
}

function gapCell({ gaps }: ListedQualitySummary): HTMLElement {
  if (gaps.count === 0) return count(0);
  const longest = `, longest ${formatAge(gaps.longestMinutes * MINUTE_MS)}`;
  return h('td', {}, h('b', {}, String(gaps.count)), h('span', { class: 'soft' }, longest));
}

function quarantineCell({ values, quarantinedPercent }: ListedQualitySummary): HTMLElement {
  if (values.quarantined === 0) return count(0);
  const share = ` (${formatPercent(quarantinedPercent)})`;
  return h('td', {}, h('b', {}, String(values.quarantined)), h('span', { class: 'soft' }, share));
}

function findings({ byRule }: ListedQualitySummary): string {
  const found = Object.entries(byRule).filter(
    (entry): entry is [string, number] => !OWN_COLUMN.has(entry[0]) && (entry[1] ?? 0) > 0,
  );
  if (found.length === 0) return 'none';
  return found
    .sort((a, b) => b[1] - a[1])
    .map(([rule, times]) => `${ruleWords(rule)} ${times}`)
    .join(', ');
}

function row(summary: ListedQualitySummary, name: string): HTMLElement {
  const { completenessPercent, intervals, byRule } = summary;
  const level = completenessPercent >= 99.95 ? 'good' : completenessPercent >= 95 ? 'warn' : 'bad';
  const complete = h('span', { class: 'badge', 'data-level': level }, formatPercent(completenessPercent, 1));
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, name),
    h('td', {}, dayWords(summary.day)),
    h('td', {}, complete),
    count(intervals.missing),
    gapCell(summary),
    count(byRule['late'] ?? 0),
    quarantineCell(summary),
    h('td', { class: 'words' }, findings(summary)),
  );
}

/** Data quality by zone and local day, the newest day of each zone first. @param names of zones, by their identifier */
export function showQualityDays(
  host: HTMLElement,
  summaries: readonly ListedQualitySummary[] | null,
  names: ReadonlyMap<string, string>,
): void {
  if (summaries === null || summaries.length === 0) {
    const text = summaries === null ? 'Waiting for the server.' : 'No day has ended yet.';
    host.replaceChildren(h('p', { class: 'hint' }, text));
    return;
  }
  const caption = h(
    'caption',
    { class: 'visually-hidden' },
    'Demand of each zone by local day: how much of it came, and what the rules found.',
  );
  const head = h('thead', {}, h('tr', {}, ...HEADINGS.map((text) => h('th', { scope: 'col' }, text))));
  const rows = summaries.map((summary) => row(summary, names.get(summary.zone) ?? summary.zone));
  host.replaceChildren(h('table', { class: 'wide' }, caption, head, h('tbody', {}, ...rows)));
}
