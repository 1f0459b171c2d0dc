import type { SupplySeries } from '../contracts/generated/rest-supply.js';
import { toIso } from '../contracts/time.js';
import type { SupplyPoint } from '../history/history-store.js';

/** Points in rising time as series: by product and area, the whole zone first. */
export function supplySeries(points: readonly SupplyPoint[]): SupplySeries[] {
  const series = new Map<string, SupplySeries>();
  for (const { product, area, timeMs, stepMinutes, valuesMw, issuedAtMs, availableAtMs, source } of points) {
    const key = `${product}\n${area ?? ''}`;
    const one = series.get(key) ?? { product, area, points: [] };
    series.set(key, one);
    one.points.push({
      time: toIso(timeMs),
      stepMinutes,
      valuesMw,
      issuedAt: issuedAtMs === null ? null : toIso(issuedAtMs),
      availableAt: toIso(availableAtMs),
      source,
    });
  }
  return [...series].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
