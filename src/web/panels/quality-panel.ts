import type { StatusBody } from '../../contracts/generated/rest-status.js';
import { h } from '../dom.js';
import { factList } from './facts.js';

const RULES: Readonly<Record<string, string>> = {
  not_finite: 'Not a number',
  non_positive: 'Zero or negative',
  range: 'Outside the believable range',
  future_dated: 'Dated in the future',
  misaligned: 'Not on the zone’s step',
  unit: 'Wrong unit',
  wrong_resource: 'Another series',
  clock_change: 'Clock change',
  disagreement: 'Sources disagree',
  distribution: 'Unlike past weeks',
  out_of_order: 'Out of order',
  weather_unit: 'Weather in the wrong unit',
  operator_range: 'Operator’s forecast not possible',
  ramp: 'Impossible ramp',
  spike: 'Spike',
  frozen: 'Frozen value',
  late: 'Arrived late',
  duplicate: 'Duplicate',
  revised: 'Revised',
  gap: 'Gap',
};

/** A rule's code in plain words. */
export function ruleWords(rule: string): string {
  return RULES[rule] ?? rule.replaceAll('_', ' ');
}

/** Findings of the data quality rules since the process started, all zones together. */
export function showQuality(host: HTMLElement, status: StatusBody | null): void {
  if (status === null) {
    host.replaceChildren(h('p', { class: 'hint' }, 'Waiting for the server.'));
    return;
  }
  const { qualityEvents, records, undecodable } = status.counts;
  const findings = Object.entries(qualityEvents).filter(
    (entry): entry is [string, number] => (entry[1] ?? 0) > 0,
  );
  const facts: [string, string][] = findings
    .sort((a, b) => b[1] - a[1])
    .map(([rule, count]) => [ruleWords(rule), count.toLocaleString('en-US')]);
  if (undecodable > 0) facts.push(['Unreadable records', undecodable.toLocaleString('en-US')]);
  const demand = (records['demand.observed'] ?? 0).toLocaleString('en-US');
  const total = h('p', { class: 'hint' }, `${demand} demand records read since the start, all zones.`);
  const body = facts.length === 0 ? h('p', { class: 'all-well' }, 'No findings') : factList(facts);
  host.replaceChildren(body, total);
}
