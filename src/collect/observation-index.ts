import { createHash } from 'node:crypto';
import type { WeatherForecast, WeatherObservation } from '../contracts/records.js';
import type { InputRecord } from '../sources/input-record.js';

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

  note(identityMs: number, fingerprint: Fingerprint, availableAtMs: number, keepUnchanged: boolean): Noted {
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

  restore(identityMs: number, fingerprint: Fingerprint, revision: number, availableAtMs: number): void {
    if ((this.revisions.get(identityMs) ?? 0) > revision) return;
    this.set(identityMs, fingerprint, revision, availableAtMs);
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
  note(record: InputRecord, keepUnchanged = false): Noted {
    return this.zoneOf(record).note(
      identityMs(record),
      fingerprint(record),
      record.availableAtMs,
      keepUnchanged,
    );
  }

  /** Takes in a record that the log holds, whatever order they come in; the highest revision counts. */
  restore(record: InputRecord): void {
    this.zoneOf(record).restore(
      identityMs(record),
      fingerprint(record),
      record.value.revision,
      record.availableAtMs,
    );
  }

  /** Newest availableAt of a topic's zone; -Infinity when nothing of it is known. */
  latestAvailableAtMs(topic: InputRecord['topic'], zone: string): number {
    return this.zones.get(`${topic}|${zone}`)?.latestAvailableAtMs ?? Number.NEGATIVE_INFINITY;
  }

  private zoneOf(record: InputRecord): ZoneIndex {
    const key = `${record.topic}|${record.value.zone}`;
    let zone = this.zones.get(key);
    if (zone === undefined) {
      zone = new ZoneIndex();
      this.zones.set(key, zone);
    }
    return zone;
  }
}

function identityMs(record: InputRecord): number {
  return Date.parse(record.topic === 'weather.forecast' ? record.value.issuedAt : record.value.validTime);
}

function fingerprint(record: InputRecord): Fingerprint {
  switch (record.topic) {
    case 'demand.observed':
      return record.value.demandMw;
    case 'weather.observed':
      return valuesOf(record.value);
    default:
      return createHash('sha1').update(pathOf(record.value)).digest('base64');
  }
}

function pathOf(forecast: WeatherForecast): string {
  return forecast.points.map((point) => `${point.validTime}=${valuesOf(point)}`).join(';');
}

type Values = Partial<
  Pick<WeatherObservation, 'temperatureC' | 'humidityPct' | 'windMs' | 'cloudPct' | 'shortwaveWm2'>
>;

function valuesOf({ temperatureC, humidityPct, windMs, cloudPct, shortwaveWm2 }: Values): string {
  return [temperatureC, humidityPct, windMs, cloudPct, shortwaveWm2].join(',');
}
