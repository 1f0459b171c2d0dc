import type { ZoneSeries } from './zone-series.js';

/** The one that is known for a whole day ahead comes first: it is what a nowcast is compared with. */
const PREFERRED = [/day-ahead|dam/, /hour-ahead|rtm/];
const NAMES: Readonly<Record<string, string>> = {
  'caiso-dam': 'CAISO day-ahead',
  'caiso-2da': 'CAISO two days ahead',
  'caiso-7da': 'CAISO seven days ahead',
  'caiso-rtm-5min': 'CAISO 5-minute market',
  'outlook-day-ahead': 'day-ahead',
  'outlook-hour-ahead': 'hour-ahead',
  'simulated-day-ahead': 'simulated day-ahead',
};

/** Which of the operator's forecasts is drawn: demand, not net demand; null when there is none. */
export function operatorProduct(series: ZoneSeries): string | null {
  const products = [...series.operator.keys()].filter((name) => !name.includes('net')).sort();
  for (const wanted of PREFERRED) {
    const found = products.find((name) => wanted.test(name));
    if (found !== undefined) return found;
  }
  return products[0] ?? null;
}

/** The product's name for people. */
export function productName(product: string | null): string {
  return product === null ? '' : (NAMES[product] ?? product.replaceAll('-', ' '));
}
