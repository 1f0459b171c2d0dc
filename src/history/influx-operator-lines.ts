/** InfluxDB line protocol of what operators say themselves: their forecasts of demand, and their supply side. */
import type { DemandForecast, SupplyForecast, SupplyObservation } from '../contracts/records.js';
import { MINUTE_MS, parseIso } from '../contracts/time.js';
import { type OperatorError, supplyKindOf } from './history-store.js';
import { tag, text } from './influx-lines.js';

/** `leadMinutes` is how long before its interval the value could be known; below zero it came after the start. */
export function demandForecastLine(row: DemandForecast, timeMs: number): string {
  const availableAtMs = parseIso(row.availableAt);
  const fields = [
    `mw=${row.demandMw}`,
    issued(row.issuedAt),
    `availableAt=${availableAtMs}i`,
    `leadMinutes=${(timeMs - availableAtMs) / MINUTE_MS}`,
    `stepMinutes=${row.stepMinutes}i`,
    `revision=${row.revision}i`,
    `source=${text(row.source)}`,
  ].join();
  return `demand_forecast,zone=${tag(row.zone)},product=${tag(row.product)} ${fields} ${timeMs}\n`;
}

/**
 * One point a name, for example `solar`.
 * @param written the same for all points of a record: a name that a correction no longer has keeps a lower one
 */
export function supplyLines(
  row: SupplyObservation | SupplyForecast,
  timeMs: number,
  written: number,
): string {
  const kind = supplyKindOf(row);
  const area = row.area === null ? '' : `,area=${tag(row.area)}`;
  const tags = `zone=${tag(row.zone)},kind=${kind},product=${tag(row.product)}${area}`;
  const fields = [
    issued(row.kind === 'actual' ? null : row.issuedAt),
    `availableAt=${parseIso(row.availableAt)}i`,
    `stepMinutes=${row.stepMinutes}i`,
    `revision=${row.revision}i`,
    `source=${text(row.source)}`,
    `written=${written}i`,
  ].join();
  return Object.entries(row.valuesMw)
    .map(([name, mw]) => `supply,${tags},name=${tag(name)} mw=${mw},${fields} ${timeMs}\n`)
    .join('');
}

/** Shares in percent, as people compare them, beside megawatts. */
export function operatorErrorLine(row: OperatorError): string {
  const { operatorErrorMw, nowcastErrorMw, actualMw } = row;
  const percent = (errorMw: number): number => (100 * Math.abs(errorMw)) / Math.abs(actualMw);
  const fields = [
    `operatorApe=${percent(operatorErrorMw)}`,
    `nowcastApe=${percent(nowcastErrorMw)}`,
    `operatorErrorMw=${operatorErrorMw}`,
    `nowcastErrorMw=${nowcastErrorMw}`,
    `leadMinutes=${row.leadMinutes}`,
    `horizonMinutes=${row.horizonMinutes}i`,
  ].join();
  return `operator_error,zone=${tag(row.zone)},product=${tag(row.product)} ${fields} ${row.timeMs}\n`;
}

function issued(issuedAt: string | null): string {
  return issuedAt === null ? 'hasIssued=f' : `issuedAt=${parseIso(issuedAt)}i,hasIssued=t`;
}
