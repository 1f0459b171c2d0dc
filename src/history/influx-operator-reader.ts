import type { IResponseSeries } from 'influx/lib/src/results.js';
import type { OperatorPoint, SupplyKind, SupplyPoint, TimeRange } from './history-store.js';
import { nameOfTag, tagValue } from './influx-lines.js';
import { isEmpty, limitOf, newest, number, rowsOf, string, type Row } from './influx-rows.js';
import type { InfluxServer } from './influx-server.js';
import { bySeries, byTimeAndProduct } from './operator-order.js';

/** Asks InfluxDB for what operators say themselves. Newest first with a limit for each series, then put in order. */
export class InfluxOperatorReader {
  constructor(private readonly server: InfluxServer) {}

  async demandForecasts(zone: string, range: TimeRange): Promise<OperatorPoint[]> {
    if (isEmpty(range)) return [];
    const query = `SELECT mw, stepMinutes, issuedAt, hasIssued, availableAt, source FROM demand_forecast WHERE zone = $zone ${newest(range, 'GROUP BY product')}`;
    const [series] = await this.server.query(query, { zone: tagValue(zone) });
    const points = (series ?? []).flatMap((one) =>
      rowsOf(one).map((row) => ({
        timeMs: number(row, 'time'),
        product: tagOf(one, 'product'),
        stepMinutes: number(row, 'stepMinutes'),
        demandMw: number(row, 'mw'),
        ...provenanceOf(row),
      })),
    );
    return points.sort(byTimeAndProduct).slice(-limitOf(range));
  }

  async supply(zone: string, kind: SupplyKind, range: TimeRange): Promise<SupplyPoint[]> {
    if (isEmpty(range)) return [];
    const fields = 'mw, stepMinutes, issuedAt, hasIssued, availableAt, source, written';
    const query = `SELECT ${fields} FROM supply WHERE zone = $zone AND kind = $kind ${newest(range, 'GROUP BY product, area, "name"')}`;
    const [series] = await this.server.query(query, { zone: tagValue(zone), kind });
    return lastRecords(series ?? [])
      .sort(bySeries)
      .slice(-limitOf(range));
  }
}

interface GatheredRecord {
  written: number;
  point: SupplyPoint & { valuesMw: Record<string, number> };
}

/** Puts the points of each record together, and leaves out those that a later record of the interval no longer has. */
function lastRecords(series: readonly IResponseSeries[]): SupplyPoint[] {
  const records = new Map<string, GatheredRecord>();
  for (const one of series) {
    const [product, area, name] = [tagOf(one, 'product'), tagOf(one, 'area'), tagOf(one, 'name')];
    for (const row of rowsOf(one)) {
      const [timeMs, written] = [number(row, 'time'), number(row, 'written')];
      const key = `${timeMs}\n${product}\n${area}`;
      let record = records.get(key);
      if (record === undefined || record.written < written) {
        const stepMinutes = number(row, 'stepMinutes');
        const identity = { timeMs, product, area: area === '' ? null : area, stepMinutes };
        record = { written, point: { ...identity, valuesMw: {}, ...provenanceOf(row) } };
        records.set(key, record);
      }
      if (record.written === written) record.point.valuesMw[name] = number(row, 'mw');
    }
  }
  return [...records.values()].map(({ point }) => point);
}

function provenanceOf(row: Row): Pick<OperatorPoint, 'issuedAtMs' | 'availableAtMs' | 'source'> {
  return {
    issuedAtMs: row['hasIssued'] === true ? number(row, 'issuedAt') : null,
    availableAtMs: number(row, 'availableAt'),
    source: string(row, 'source'),
  };
}

function tagOf(series: IResponseSeries, name: string): string {
  return nameOfTag(series.tags?.[name] ?? '');
}
