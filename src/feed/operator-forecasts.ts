import type { DemandForecast } from '../contracts/records.js';

/** Intervals older than this before the zone's newest are forgotten: a week of charts and a little. */
const KEEP_MS = 8 * 24 * 3_600_000;

/** Latest values of one product of an operator, by interval start (epoch ms). */
type Product = Map<number, DemandForecast>;

/** What operators forecast themselves, bounded in memory: the latest revision of each interval of the last days. */
export class OperatorForecasts {
  private readonly zones = new Map<string, Map<string, Product>>();

  add(forecast: DemandForecast): void {
    const timeMs = Date.parse(forecast.validTime);
    const product = this.productOf(forecast.zone, forecast.product);
    const known = product.get(timeMs);
    if (known !== undefined && known.revision > forecast.revision) return;
    product.set(timeMs, forecast);
    if (known === undefined) dropOld(product, timeMs - KEEP_MS);
  }

  /** Products of a zone by name, each with its forecasts of intervals that start in [fromMs, toMs), rising. */
  between(zone: string, fromMs: number, toMs: number): Map<string, DemandForecast[]> {
    const found = new Map<string, DemandForecast[]>();
    for (const [name, product] of [...(this.zones.get(zone) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const inside = [...product].filter(([timeMs]) => timeMs >= fromMs && timeMs < toMs);
      const rising = inside.sort(([a], [b]) => a - b).map(([, forecast]) => forecast);
      if (rising.length > 0) found.set(name, rising);
    }
    return found;
  }

  private productOf(zone: string, name: string): Product {
    const products = this.zones.get(zone) ?? new Map<string, Product>();
    this.zones.set(zone, products);
    const product = products.get(name) ?? new Map<number, DemandForecast>();
    products.set(name, product);
    return product;
  }
}

/** Intervals come about in order, so the oldest stand first. */
function dropOld(product: Product, beforeMs: number): void {
  for (const timeMs of product.keys()) {
    if (timeMs >= beforeMs) return;
    product.delete(timeMs);
  }
}
