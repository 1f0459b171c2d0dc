import { HOUR_MS, toIso } from '../../contracts/time.js';
import { type Parsed, Problems } from '../parsed.js';
import type { OasisRow } from './parse-report.js';

/** Forecast of wind and solar at one trading hub and hour. Always a forecast. */
export interface RenewablesRow {
  /** For example caiso-ren-dam. */
  readonly product: string;
  readonly hub: string;
  readonly startMs: number;
  readonly stepMinutes: 60;
  /** Megawatts by `solar`, `wind`. */
  readonly valuesMw: Readonly<Record<string, number>>;
}

const ITEMS: Readonly<Record<string, string>> = {
  RENEW_FCST_DA_MW: 'caiso-ren-dam',
  RENEW_FCST_HASP_MW: 'caiso-ren-hasp',
  RENEW_FCST_RTPD_MW: 'caiso-ren-rtpd',
  RENEW_FCST_RTD_MW: 'caiso-ren-rtd',
};

/** Rows of SLD_REN_FCST, wind and solar of one hub and hour together. Conflicting values are both refused. */
export function parseRenewables(rows: readonly OasisRow[]): Parsed<RenewablesRow> {
  const problems = new Problems();
  const values = new Map<string, { row: OasisRow; mw: Map<string, number | null> }>();
  for (const row of rows) {
    const fuel = row.renewable.toLowerCase();
    const problem = problemOf(row, fuel);
    if (problem !== null) {
      problems.add(row.resource, problem);
      continue;
    }
    const key = `${row.resource}|${row.item}|${row.startMs}`;
    const known = values.get(key) ?? { row, mw: new Map<string, number | null>() };
    values.set(key, known);
    const before = known.mw.get(fuel);
    if (before !== undefined && before !== row.mw) {
      problems.add(row.resource, `${toIso(row.startMs)} has two values for ${fuel}`);
      known.mw.set(fuel, null);
    } else known.mw.set(fuel, row.mw);
  }
  const kept: RenewablesRow[] = [];
  for (const { row, mw } of values.values()) {
    const valuesMw = Object.fromEntries(
      [...mw].flatMap(([fuel, value]) => (value === null ? [] : [[fuel, value]])),
    );
    if (Object.keys(valuesMw).length === 0) continue;
    const product = ITEMS[row.item] ?? row.item;
    kept.push({ product, hub: row.resource, startMs: row.startMs, stepMinutes: 60, valuesMw });
  }
  kept.sort((a, b) => a.startMs - b.startMs || (a.hub < b.hub ? -1 : 1));
  return { rows: kept, problems: problems.list() };
}

function problemOf({ item, startMs, endMs }: OasisRow, fuel: string): string | null {
  if (ITEMS[item] === undefined) return `unknown data item ${JSON.stringify(item.slice(0, 40))}`;
  if (fuel !== 'solar' && fuel !== 'wind')
    return `unknown kind of renewable ${JSON.stringify(fuel.slice(0, 40))}`;
  if (endMs - startMs !== HOUR_MS || startMs % HOUR_MS !== 0)
    return `${toIso(startMs)} .. ${toIso(endMs)} is no hour`;
  return null;
}
