/** The stored form of what operators say themselves. */
import type { DemandForecast, SupplyForecast, SupplyObservation } from '../contracts/records.js';
import { parseIso } from '../contracts/time.js';
import type { OperatorPoint, SupplyPoint } from './history-store.js';

/** u32 source id, f64 each of megawatts, issued (NaN when not said) and available in epoch milliseconds, u16 minutes. */
export function encodeDemandForecast(row: DemandForecast, sourceId: number): Buffer {
  const out = Buffer.allocUnsafe(30);
  out.writeUInt32LE(sourceId, 0);
  out.writeDoubleLE(row.demandMw, 4);
  out.writeDoubleLE(row.issuedAt === null ? Number.NaN : parseIso(row.issuedAt), 12);
  out.writeDoubleLE(parseIso(row.availableAt), 20);
  out.writeUInt16LE(row.stepMinutes, 28);
  return out;
}

export function decodeDemandForecast(
  timeMs: number,
  product: string,
  value: Buffer,
  sourceOf: (id: number) => string,
): OperatorPoint {
  const issuedAtMs = value.readDoubleLE(12);
  return {
    timeMs,
    product,
    stepMinutes: value.readUInt16LE(28),
    demandMw: value.readDoubleLE(4),
    issuedAtMs: Number.isNaN(issuedAtMs) ? null : issuedAtMs,
    availableAtMs: value.readDoubleLE(20),
    source: sourceOf(value.readUInt32LE(0)),
  };
}

type StoredSupply = Omit<SupplyPoint, 'timeMs'>;

/** JSON: names and their number differ from series to series, and a day is a few hundred of them. */
export function encodeSupply(row: SupplyObservation | SupplyForecast): Buffer {
  const { product, area, stepMinutes, valuesMw, source } = row;
  const issuedAt = row.kind === 'actual' ? null : row.issuedAt;
  const stored: StoredSupply = {
    product,
    area,
    stepMinutes,
    valuesMw: valuesMw as Record<string, number>,
    issuedAtMs: issuedAt === null ? null : parseIso(issuedAt),
    availableAtMs: parseIso(row.availableAt),
    source,
  };
  return Buffer.from(JSON.stringify(stored));
}

export function decodeSupply(timeMs: number, value: Buffer): SupplyPoint {
  return { timeMs, ...(JSON.parse(value.toString('utf8')) as StoredSupply) };
}

/** Names a supply series within its zone and kind. */
export function supplySeriesName({ product, area }: Pick<SupplyPoint, 'product' | 'area'>): string {
  return JSON.stringify([product, area]);
}
