import { h } from '../dom.js';
import {
  formatDayClock,
  formatDeltaMw,
  formatHorizon,
  formatMw,
  formatPercent,
  timeZoneLabel,
} from '../format.js';
import type { Reading } from './reading.js';

function part(label: string, value: string): HTMLElement {
  return h('span', {}, `${label} `, h('b', {}, value));
}

function predictedPart(mw: number, actualMw: number | null, horizonMinutes: number): HTMLElement {
  const missMw = actualMw === null ? null : mw - actualMw;
  const percent =
    missMw === null || actualMw === 0 ? '' : `, ${formatPercent((100 * missMw) / (actualMw ?? 1))}`;
  const miss = missMw === null ? '' : ` (${formatDeltaMw(missMw)}${percent})`;
  return part(`${formatHorizon(horizonMinutes)} before`, formatMw(mw) + miss);
}

/** Writes the values under the cursor; nothing when the cursor is away. */
export function showReading(
  target: HTMLElement,
  reading: Reading | null,
  timeZone: string,
  horizonMinutes: number,
): void {
  if (reading === null) {
    target.replaceChildren(h('span', {}, 'Point at the chart to read values'));
    return;
  }
  const { timeMs, actualMw, pathMw, p10Mw, p90Mw, predictedMw, operatorMw, temperatureC } = reading;
  const when = `${formatDayClock(timeMs, timeZone)} ${timeZoneLabel(timeMs, timeZone)}`;
  const parts = [h('b', {}, when)];
  if (actualMw !== null) parts.push(part('Actual', `${formatMw(actualMw)} MW`));
  if (pathMw !== null) parts.push(part('Nowcast', `${formatMw(pathMw)} MW`));
  if (p10Mw !== null && p90Mw !== null) parts.push(part('P10–P90', `${formatMw(p10Mw)}–${formatMw(p90Mw)}`));
  if (predictedMw !== null) parts.push(predictedPart(predictedMw, actualMw, horizonMinutes));
  if (operatorMw !== null) parts.push(part('Operator', formatMw(operatorMw)));
  if (temperatureC !== null) parts.push(part('Temperature', `${temperatureC.toFixed(1)} °C`));
  target.replaceChildren(...parts);
}
