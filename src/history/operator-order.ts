import type { OperatorPoint, SupplyPoint } from './history-store.js';

/** Rising time, then by product. */
export function byTimeAndProduct(a: OperatorPoint, b: OperatorPoint): number {
  return a.timeMs - b.timeMs || compare(a.product, b.product);
}

/** Rising time, then by product and area, the whole zone first. */
export function bySeries(a: SupplyPoint, b: SupplyPoint): number {
  return a.timeMs - b.timeMs || compare(a.product, b.product) || compare(a.area ?? '', b.area ?? '');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
