import { h } from '../dom.js';
import { formatDay, formatHorizon, formatPercent } from '../format.js';
import { drawBarPlot } from '../plot/bar-plot.js';
import { mapeBy, type ScoredPoint } from '../state/errors.js';

const hours = new Map<string, Intl.DateTimeFormat>();

function hourOf(timeMs: number, timeZone: string): string {
  let formatter = hours.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' });
    hours.set(timeZone, formatter);
  }
  return formatter.format(timeMs);
}

function draw(
  host: HTMLElement,
  points: readonly ScoredPoint[],
  keyOf: (timeMs: number) => string,
  sorted: boolean,
  label: string,
): void {
  if (points.length === 0) {
    host.replaceChildren(h('p', { class: 'hint' }, 'Not enough scored yet.'));
    return;
  }
  const groups = mapeBy(points, keyOf);
  if (sorted) groups.sort((a, b) => a.key.localeCompare(b.key));
  const bars = groups.map(({ key, n, mape }) => ({
    label: key,
    value: mape,
    title: `${key}: MAPE ${formatPercent(mape)} of ${n} nowcasts`,
  }));
  const worst = bars.reduce((a, b) => (b.value > a.value ? b : a));
  drawBarPlot(host, { label: `${label}. Worst: ${worst.title}.`, bars, unit: ' %', height: 15 });
}

/** Error by day, in the time zone shown. */
export function showErrorByDay(
  host: HTMLElement,
  points: readonly ScoredPoint[],
  horizonMinutes: number,
  timeZone: string,
): void {
  const label = `Error by day, ${formatHorizon(horizonMinutes)} ahead`;
  draw(host, points, (timeMs) => formatDay(timeMs, timeZone).replace(/ \w+$/, ''), false, label);
}

/** Error by hour of the day, in the time zone shown. */
export function showErrorByHour(
  host: HTMLElement,
  points: readonly ScoredPoint[],
  horizonMinutes: number,
  timeZone: string,
): void {
  const label = `Error by hour of the day, ${formatHorizon(horizonMinutes)} ahead`;
  draw(host, points, (timeMs) => hourOf(timeMs, timeZone), true, label);
}
