import type { TrainingRequest } from '../contracts/records.js';
import { DAY_MS, toIso } from '../contracts/time.js';
import { FEATURE_HASH } from '../features/feature-names.js';
import { zoneClock } from '../features/zone-clock.js';
import { latestDemandMs } from '../log/latest-demand.js';
import { readDecoded } from '../log/read-decoded.js';
import type { RunBook } from '../train/runs/run-book.js';
import { isWanted, latestDue } from '../train/runs/schedule.js';
import { publishRequests } from '../train/requests.js';
import { ZoneKeys } from '../train/zone-keys.js';
import type { RoleContext } from './context.js';

/** Demand of the last days makes a zone one that is trained by schedule and gets its first model. */
const ACTIVE_WITHIN_MS = 2 * DAY_MS;
/** A request for all zones means those with demand in this time before the newest. */
const KNOWN_WITHIN_MS = 35 * DAY_MS;
/** A zone without a model whose first training gave none is tried again after this. */
const FIRST_AGAIN_MS = DAY_MS / 4;

/** Knows which zones there are and what their schedules ask for. Holds no timer: it is asked every so often. */
export class TrainingSchedule {
  private readonly keys: ZoneKeys;
  private readonly published = new Set<string>();
  private readonly firstNotBeforeMs = new Map<string, number>();

  constructor(
    private readonly context: RoleContext,
    private readonly book: RunBook,
  ) {
    const { log, now } = context;
    this.keys = new ZoneKeys(log, async () => ((await latestDemandMs(log)) ?? now()) - KNOWN_WITHIN_MS);
  }

  /** Zones with demand in the last 35 days of the log. */
  async knownZones(): Promise<string[]> {
    return this.zonesWithin(KNOWN_WITHIN_MS);
  }

  /**
   * Publishes a request for every training that the zones' schedules ask for and that was neither asked for nor done.
   * Its id is the same in every trainer, so it does not matter how many publish it.
   */
  async publishDue(nowMs: number): Promise<TrainingRequest[]> {
    await this.book.sync();
    const { training } = this.context.config;
    const due = (await this.zonesWithin(ACTIVE_WITHIN_MS)).flatMap((zone) => {
      const clock = zoneClock(this.context.profiles.timeZoneOf(zone), '');
      return latestDue(zone, clock, training, nowMs).filter(
        (one) => !this.published.has(one.id) && isWanted(one, this.book.history(zone)),
      );
    });
    const requests = due.map(({ id, kind, zone }): TrainingRequest => {
      return { id, kind, zones: [zone], requestedAt: toIso(nowMs), requestedBy: 'schedule' };
    });
    await publishRequests(this.context, requests, nowMs);
    for (const { id } of requests) this.published.add(id);
    return requests;
  }

  /** Active zones that no usable model serves and whose first training was not tried shortly before. */
  async withoutModel(nowMs: number): Promise<string[]> {
    const active = await this.zonesWithin(ACTIVE_WITHIN_MS);
    if (active.length === 0) return [];
    const served = await servedZones(this.context);
    return active.filter(
      (zone) => !served.has(zone) && nowMs >= (this.firstNotBeforeMs.get(zone) ?? Number.NEGATIVE_INFINITY),
    );
  }

  /** The first training of a zone gave no model. */
  holdFirst(zone: string, nowMs: number): void {
    this.firstNotBeforeMs.set(zone, nowMs + FIRST_AGAIN_MS);
  }

  private async zonesWithin(ms: number): Promise<string[]> {
    const spans = await this.keys.sync();
    const newestMs = Math.max(...[...spans.values()].map(({ lastMs }) => lastMs));
    return [...spans].flatMap(([zone, { lastMs }]) => (lastMs >= newestMs - ms ? [zone] : []));
  }
}

async function servedZones({ log, codec }: RoleContext): Promise<Set<string>> {
  const zonesOf = new Map<string, readonly string[]>();
  for await (const records of readDecoded(log, codec, 'models')) {
    for (const { key, decoded } of records) {
      const usable =
        decoded.ok &&
        decoded.value.status === 'promoted' &&
        decoded.value.manifest.featureHash === FEATURE_HASH;
      if (usable) zonesOf.set(key, decoded.value.manifest.zones);
      else zonesOf.delete(key);
    }
  }
  return new Set([...zonesOf.values()].flat());
}
