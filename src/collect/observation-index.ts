import { createHash } from 'node:crypto';
import type { SupplyObservation, WeatherForecast, WeatherObservation } from '../contracts/records.js';
import type { SourceRecord } from '../sources/input-record.js';

/** What was published about one interval, instant or run: enough to tell a change from a repetition. */
type Fingerprint = number | string;

/** Put back with `undo`. */
export interface Noted {
  /** Null when the record says nothing new. */
  readonly revision: number | null;
  readonly undo: () => void;
}

/** The published records of one topic and zone. Demand costs a number an interval; revisions only where there are any. */
class ZoneIndex {
  latestAvailableAtMs = Number.NEGATIVE_INFINITY;
  private readonly fingerprints = new Map<number, Fingerprint>();
  private readonly revisions = new Map<number, number>();
  private readonly newestOf = new Map<string, number>();

  note(
    identityMs: number,
    fingerprint: Fingerprint,
    { availableAtMs, value: { source } }: SourceRecord,
    keepUnchanged: boolean,
  ): Noted {
    this.heard(source, identityMs);
    const before = this.fingerprints.get(identityMs);
    if (before === fingerprint && !keepUnchanged) return { revision: null, undo: () => undefined };
    const revisionBefore = this.revisions.get(identityMs) ?? 0;
    const latestBefore = this.latestAvailableAtMs;
    const revision = before === undefined ? 0 : before === fingerprint ? revisionBefore : revisionBefore + 1;
    this.set(identityMs, fingerprint, revision, availableAtMs);
    const undo = (): void => {
      this.latestAvailableAtMs = latestBefore;
      this.revisions.set(identityMs, revisionBefore);
      if (before === undefined) this.fingerprints.delete(identityMs);
      else this.fingerprints.set(identityMs, before);
    };
    return { revision, undo };
  }

  restore(identityMs: number, fingerprint: Fingerprint, { availableAtMs, value }: SourceRecord): void {
    const { source, revision } = value;
    this.heard(source, identityMs);
    if ((this.revisions.get(identityMs) ?? 0) > revision) return;
    this.set(identityMs, fingerprint, revision, availableAtMs);
  }

  holds(identityMs: number): boolean {
    return this.fingerprints.has(identityMs);
  }

  span(): { firstMs: number; lastMs: number } | null {
    let firstMs = Number.POSITIVE_INFINITY;
    let lastMs = Number.NEGATIVE_INFINITY;
    for (const identityMs of this.fingerprints.keys()) {
      if (identityMs < firstMs) firstMs = identityMs;
      if (identityMs > lastMs) lastMs = identityMs;
    }
    return this.fingerprints.size === 0 ? null : { firstMs, lastMs };
  }

  /** Newest identity that any source but one spoke of; -Infinity for none. */
  newestNotFrom(source: string): number {
    let newestMs = Number.NEGATIVE_INFINITY;
    for (const [name, ms] of this.newestOf) if (name !== source) newestMs = Math.max(newestMs, ms);
    return newestMs;
  }

  private heard(source: string, identityMs: number): void {
    if (identityMs > (this.newestOf.get(source) ?? Number.NEGATIVE_INFINITY))
      this.newestOf.set(source, identityMs);
  }

  private set(identityMs: number, fingerprint: Fingerprint, revision: number, availableAtMs: number): void {
    this.fingerprints.set(identityMs, fingerprint);
    if (revision > 0) this.revisions.set(identityMs, revision);
    this.latestAvailableAtMs = Math.max(this.latestAvailableAtMs, availableAtMs);
  }
}

/** Knows what is in the log, so that only what is new or changed goes there. */
export class ObservationIndex {
  private readonly zones = new Map<string, ZoneIndex>();

  /**
   * Takes a record in.
   * @param keepUnchanged give a repetition its revision instead of null
   */
  note(record: SourceRecord, keepUnchanged = false): Noted {
    return this.zoneOf(record).note(identityMs(record), fingerprint(record), record, keepUnchanged);
  }

  /** Takes in a record that the log holds, whatever order they come in; the highest revision counts. */
  restore(record: SourceRecord): void {
    this.zoneOf(record).restore(identityMs(record), fingerprint(record), record);
  }

  /** Newest availableAt of a topic's zone; -Infinity when nothing of it is known. */
  latestAvailableAtMs(topic: SourceRecord['topic'], zone: string, series?: string): number {
    return this.zones.get(keyOf(topic, zone, series))?.latestAvailableAtMs ?? Number.NEGATIVE_INFINITY;
  }

  /** True when something is known about the interval, instant or run. */
  holds(topic: SourceRecord['topic'], zone: string, identityMs: number, series?: string): boolean {
    return this.zones.get(keyOf(topic, zone, series))?.holds(identityMs) ?? false;
  }

  /** Earliest and latest identity of a topic's zone, or null. */
  span(
    topic: SourceRecord['topic'],
    zone: string,
    series?: string,
  ): { firstMs: number; lastMs: number } | null {
    return this.zones.get(keyOf(topic, zone, series))?.span() ?? null;
  }

  /** Newest interval, instant or run of a topic's zone that any source but one gave; -Infinity for none. */
  newestNotFrom(topic: SourceRecord['topic'], zone: string, source: string): number {
    return this.zones.get(keyOf(topic, zone))?.newestNotFrom(source) ?? Number.NEGATIVE_INFINITY;
  }

  private zoneOf(record: SourceRecord): ZoneIndex {
    const key = keyOf(record.topic, record.value.zone, seriesOf(record));
    let zone = this.zones.get(key);
    if (zone === undefined) {
      zone = new ZoneIndex();
      this.zones.set(key, zone);
    }
    return zone;
  }
}

function keyOf(topic: string, zone: string, series?: string): string {
  return series === undefined ? `${topic}|${zone}` : `${topic}|${zone}|${series}`;
}

/** Each of an operator's forecasts, and each of its supply series, stands for itself. */
function seriesOf(record: SourceRecord): string | undefined {
  switch (record.topic) {
    case 'demand.forecast':
      return record.value.product;
    case 'supply.observed':
    case 'supply.forecast':
      return supplySeries(record.value);
    default:
      return undefined;
  }
}

/** Names a supply series within its zone. */
export function supplySeries({ product, area }: { product: string; area: string | null }): string {
  return area === null ? product : `${product}|${area}`;
}

function identityMs(record: SourceRecord): number {
  return Date.parse(record.topic === 'weather.forecast' ? record.value.issuedAt : record.value.validTime);
}

function fingerprint(record: SourceRecord): Fingerprint {
  switch (record.topic) {
    case 'demand.observed':
    case 'demand.forecast':
      return record.value.demandMw;
    case 'supply.observed':
    case 'supply.forecast':
      return supplyOf(record.value.valuesMw);
    case 'weather.observed':
      return valuesOf(record.value);
    default:
      return createHash('sha1').update(pathOf(record.value)).digest('base64');
  }
}

function pathOf(forecast: WeatherForecast): string {
  return forecast.points.map((point) => `${point.validTime}=${valuesOf(point)}`).join(';');
}

function supplyOf(valuesMw: SupplyObservation['valuesMw']): string {
  return Object.keys(valuesMw)
    .sort()
    .map((name) => `${name}=${String(valuesMw[name])}`)
    .join(',');
}

type Values = Partial<
  Pick<WeatherObservation, 'temperatureC' | 'humidityPct' | 'windMs' | 'cloudPct' | 'shortwaveWm2'>
>;

function valuesOf({ temperatureC, humidityPct, windMs, cloudPct, shortwaveWm2 }: Values): string {
  return [temperatureC, humidityPct, windMs, cloudPct, shortwaveWm2].join(',');
}
