import type { OutlookFile } from '../../sources/caiso-outlook/fetch-outlook.js';
import type { OutlookRow } from '../../sources/caiso-outlook/parse-outlook.js';
import type { SourceRecord } from '../../sources/input-record.js';
import { type Availability, demandRecord, type LoadValue, supplyRecord } from './records.js';

/** What one of Outlook's day files is to us. */
export interface OutlookReport {
  /** Names the collector. */
  readonly name: string;
  readonly file: OutlookFile;
  /** The zone, topic and series whose intervals tell which days have holes. */
  readonly zone: string;
  readonly topic: SourceRecord['topic'];
  readonly series?: string;
  /** Records of a file's rows, in rising time. */
  records(rows: readonly OutlookRow[], availableAt: Availability): SourceRecord[];
}

export const OUTLOOK_SOURCE = 'caiso-outlook';
export const FUEL_MIX = 'outlook-fuel-mix';
export const NET_DEMAND = 'outlook-net-demand';

const STEP_MINUTES = 5;
const DEMAND_FORECASTS: readonly string[] = ['outlook-day-ahead', 'outlook-hour-ahead'];
const NET_FORECASTS: readonly string[] = [NET_DEMAND, 'outlook-net-day-ahead'];

/** demand.csv: measured demand, and the operator's forecasts of it where they are wanted. */
export function demandReport(zone: string, operatorForecasts: boolean): OutlookReport {
  return {
    name: OUTLOOK_SOURCE,
    file: 'demand',
    zone,
    topic: 'demand.observed',
    records: (rows, availableAt) =>
      byTime(rows)
        .filter(({ kind, series }) =>
          kind === 'actual' ? series === 'demand' : operatorForecasts && DEMAND_FORECASTS.includes(series),
        )
        .map((row) => demandRecord(valueOf(row, zone, row.series), availableAt)),
  };
}

/** netdemand.csv: demand net of wind and solar, measured and forecast. Its demand is that of demand.csv. */
export function netDemandReport(zone: string): OutlookReport {
  return {
    name: `${OUTLOOK_SOURCE} netdemand`,
    file: 'netdemand',
    zone,
    topic: 'supply.observed',
    series: NET_DEMAND,
    records: (rows, availableAt) =>
      byTime(rows)
        .filter(({ kind, series }) =>
          kind === 'actual' ? series === 'net-demand' : NET_FORECASTS.includes(series),
        )
        .map((row) => {
          const product = row.kind === 'actual' ? NET_DEMAND : row.series;
          const valuesMw = { 'net-demand': row.mw };
          return supplyRecord({ ...valueOf(row, zone, product), area: null, valuesMw }, availableAt);
        }),
  };
}

/** fuelsource.csv: generation by fuel, batteries and imports, the fuels of an interval together. */
export function fuelReport(zone: string): OutlookReport {
  return {
    name: `${OUTLOOK_SOURCE} fuelsource`,
    file: 'fuelsource',
    zone,
    topic: 'supply.observed',
    series: FUEL_MIX,
    records: (rows, availableAt) => {
      const mixes = new Map<number, { row: OutlookRow; valuesMw: Record<string, number> }>();
      for (const row of byTime(rows)) {
        const mix = mixes.get(row.startMs) ?? { row, valuesMw: {} };
        mixes.set(row.startMs, mix);
        mix.valuesMw[row.series] = row.mw;
      }
      return [...mixes.values()].map(({ row, valuesMw }) =>
        supplyRecord({ ...valueOf(row, zone, FUEL_MIX), area: null, valuesMw }, availableAt),
      );
    },
  };
}

function byTime(rows: readonly OutlookRow[]): OutlookRow[] {
  return [...rows].sort((a, b) => a.startMs - b.startMs);
}

function valueOf({ kind, startMs, mw }: OutlookRow, zone: string, product: string): LoadValue {
  return { zone, kind, product, startMs, mw, stepMinutes: STEP_MINUTES, source: OUTLOOK_SOURCE };
}
