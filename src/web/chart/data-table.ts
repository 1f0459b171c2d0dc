import { h } from '../dom.js';
import { formatDayClock, formatMw, formatPercent } from '../format.js';
import type { ChartColumns } from './chart-data.js';

const HEADINGS = [
  'Time',
  'Actual MW',
  'Nowcast MW',
  'P10',
  'P90',
  'Predicted before',
  'Error %',
  'Operator MW',
  '°C',
];

function cell(value: number | null | undefined): HTMLElement {
  return h('td', {}, formatMw(value));
}

/** The chart's numbers as a table, newest first, for those who cannot or do not want to read the drawing. */
export function showTable(table: HTMLElement, columns: ChartColumns, timeZone: string, fromMs: number): void {
  const rows: HTMLElement[] = [];
  for (let index = columns.timeS.length - 1; index >= 0; index--) {
    const timeMs = (columns.timeS[index] ?? 0) * 1000;
    if (timeMs < fromMs) break;
    rows.push(
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, formatDayClock(timeMs, timeZone)),
        cell(columns.actual[index]),
        cell(columns.path[index]),
        cell(columns.p10[index]),
        cell(columns.p90[index]),
        cell(columns.predicted[index]),
        h('td', {}, formatPercent(columns.errorPct[index])),
        cell(columns.operator[index]),
        h('td', {}, columns.temperatureC[index]?.toFixed(1) ?? '–'),
      ),
    );
  }
  const head = h('thead', {}, h('tr', {}, ...HEADINGS.map((text) => h('th', { scope: 'col' }, text))));
  table.replaceChildren(head, h('tbody', {}, ...rows));
}
