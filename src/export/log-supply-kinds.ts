import type { SupplyForecast, SupplyObservation } from '../contracts/records.js';
import { double, integer, string, timestamp, type Cell, type Column, type Row } from './columns.js';
import type { ExportRequest } from './kinds.js';
import { instant, one, PROVENANCE, provenance, type LogKind } from './log-rows.js';

const COLUMNS: readonly Column[] = [
  string('zone'),
  timestamp('time'),
  string('name'),
  double('mw'),
  integer('step_minutes'),
  string('product'),
  string('area'),
];

/** What an operator measured of its supply side: one row a name. */
export const supply: LogKind<'supply.observed'> = {
  topic: 'supply.observed',
  columns: [...COLUMNS, ...PROVENANCE],
  byEventTime: false,
  rows: (record, asked) => rowsOf(record, asked, []),
};

/** What an operator forecast of it. */
export const supplyForecasts: LogKind<'supply.forecast'> = {
  topic: 'supply.forecast',
  columns: [...COLUMNS, timestamp('issued_at'), ...PROVENANCE],
  byEventTime: false,
  rows: (record, asked) => rowsOf(record, asked, [instant(record.issuedAt)]),
};

function rowsOf(
  record: SupplyObservation | SupplyForecast,
  asked: ExportRequest,
  issued: readonly Cell[],
): Row[] {
  const { zone, validTime, valuesMw, stepMinutes, product, area } = record;
  const values = Object.entries(valuesMw as Record<string, number>);
  return values.flatMap(([name, mw]) =>
    one(validTime, asked, (timeMs) => [
      zone,
      timeMs,
      name,
      mw,
      stepMinutes,
      product,
      area,
      ...issued,
      ...provenance(record),
    ]),
  );
}
