import { h } from '../dom.js';
import { formatDayClock, formatDeltaMw, formatMw, timeZoneLabel } from '../format.js';
import type { Reading } from './chart-data.js';

function part(label: string, value: string): HTMLElement {
  return h('span', {}, `${label} `, h('b', {}, value));
}

/** Writes the values under the cursor; nothing when the cursor is away. */
export function showReading(target: HTMLElement, reading: Reading | null, timeZone: string): void {
  if (reading === null) {
    target.replaceChildren(h('span', {}, 'Point at the chart to read values'));
    return;
  }
  const { timeMs, actualMw, pathMw, p10Mw, p90Mw, predictedMw } = reading;
  const when = `${formatDayClock(timeMs, timeZone)} ${timeZoneLabel(timeMs, timeZone)}`;
  const parts = [h('b', {}, when)];
  if (actualMw !== null) parts.push(part('Actual', `${formatMw(actualMw)} MW`));
  if (pathMw !== null) parts.push(part('Nowcast', `${formatMw(pathMw)} MW`));
  if (p10Mw !== null && p90Mw !== null) parts.push(part('P10–P90', `${formatMw(p10Mw)}–${formatMw(p90Mw)}`));
  if (predictedMw !== null) {
    const miss = actualMw === null ? '' : ` (${formatDeltaMw(predictedMw - actualMw)})`;
    parts.push(part('1 h before', formatMw(predictedMw) + miss));
  }
  target.replaceChildren(...parts);
}
