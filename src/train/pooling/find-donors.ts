import type { ZoneProfiles } from '../../config/zone-profiles.js';
import { messageOf } from '../../contracts/errors.js';
import { DAY_MS } from '../../contracts/time.js';
import type { EventLog } from '../../log/event-log.js';
import type { SchemaCodec } from '../../log/schema-codec.js';
import { demandSpanMs, shareColumns } from '../event-columns.js';
import { readInputs, type ZoneInputs } from '../read-inputs.js';
import { ZoneKeys, type ZoneSpan } from '../zone-keys.js';
import type { PoolingLimits } from './pool.js';
import type { DonorColumns, DonorOrder } from './task-donors.js';

export interface FindDonorsOptions extends PoolingLimits {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly profiles: Pick<ZoneProfiles, 'profile'>;
  /** Zones that lend to one zone, at most. */
  readonly donors: number;
  /** As the inputs were read. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Where the history that is read ends. */
  readonly endMs: number;
}

/** A zone that may lend, best first. */
interface Candidate {
  readonly zone: string;
  readonly spanMs: number;
  /** It has had no demand lately. */
  readonly isOver: boolean;
}

interface ShortZone extends Pick<Candidate, 'zone' | 'spanMs'> {
  readonly stepMinutes: number;
}

interface Choice {
  readonly zones: readonly string[];
  readonly passedOver: DonorOrder['passedOver'];
}

/** A donor has at least so many times the history of the zone: less would teach it little that it does not know. */
const LONGER = 2;
/** The latest demand of a zone states its step; older than this it is not looked for. */
const STEP_LOOK_BACK_MS = 7 * DAY_MS;

/**
 * Donors for those of the zones whose history is short: zones of the log with at least twice as much, those of the same
 * time zone first, then by length of history. Nothing is read when no zone is short.
 * @param inputs of the zones that are to be trained
 * @returns an entry for each short zone for which the log has one with twice as much history
 */
export async function findDonors(
  inputs: ReadonlyMap<string, ZoneInputs>,
  options: FindDonorsOptions,
): Promise<Map<string, DonorOrder>> {
  const orders = new Map<string, DonorOrder>();
  const short = shortOf(inputs, options.maxHistoryDays);
  if (short.length === 0) return orders;
  const least = Math.min(...short.map(({ spanMs }) => spanMs));
  const candidates = (await zonesBySpan(options)).filter(({ spanMs }) => spanMs >= LONGER * least);
  if (candidates.length === 0) return orders;
  const steps = await stepsOf(candidates, options);
  const chosen = new Map<string, Choice>();
  for (const zone of short) {
    const longer = candidates.filter(({ spanMs }) => spanMs >= LONGER * zone.spanMs);
    if (longer.length > 0) chosen.set(zone.zone, choose(zone, longer, steps, options));
  }
  const lent = await readDonors(
    [...new Set([...chosen.values()].flatMap(({ zones }) => zones))],
    steps,
    options,
  );
  for (const [zone, { zones, passedOver }] of chosen) {
    const donors = zones.flatMap((one) => lent.get(one) ?? []);
    orders.set(zone, { maxHistoryDays: options.maxHistoryDays, donors, passedOver });
  }
  return orders;
}

function shortOf(inputs: ReadonlyMap<string, ZoneInputs>, maxHistoryDays: number): ShortZone[] {
  return [...inputs].flatMap(([zone, { columns, stepMinutes }]) => {
    const spanMs = demandSpanMs(columns);
    return stepMinutes === null || spanMs > maxHistoryDays * DAY_MS ? [] : [{ zone, spanMs, stepMinutes }];
  });
}

/** Every zone with demand in the log, the one with the longest history first. */
async function zonesBySpan({ log, fromMs, untilMs, endMs }: FindDonorsOptions): Promise<Candidate[]> {
  const found = await new ZoneKeys(log, () => fromMs).sync();
  const spanMs = ({ firstMs, lastMs }: ZoneSpan): number =>
    Math.min(lastMs, untilMs, endMs) - Math.max(firstMs, fromMs);
  return [...found]
    .map(([zone, span]) => ({ zone, spanMs: spanMs(span), isOver: span.lastMs < endMs - STEP_LOOK_BACK_MS }))
    .sort((a, b) => b.spanMs - a.spanMs || (a.zone < b.zone ? -1 : 1));
}

/** The step of each candidate that still has demand, minutes. */
async function stepsOf(
  candidates: readonly Candidate[],
  { log, codec, untilMs, endMs }: FindDonorsOptions,
): Promise<Map<string, number>> {
  const zones = candidates.filter(({ isOver }) => !isOver).map(({ zone }) => zone);
  if (zones.length === 0) return new Map();
  const read = await readInputs(log, codec, {
    zones,
    fromMs: Math.max(0, endMs - STEP_LOOK_BACK_MS),
    untilMs,
  });
  const steps = new Map<string, number>();
  for (const [zone, { stepMinutes }] of read.zones) if (stepMinutes !== null) steps.set(zone, stepMinutes);
  return steps;
}

function choose(
  { zone: target, stepMinutes }: ShortZone,
  candidates: readonly Candidate[],
  steps: ReadonlyMap<string, number>,
  { profiles, donors }: FindDonorsOptions,
): Choice {
  const passedOver: { zone: string; why: string }[] = [];
  const near: string[] = [];
  const far: string[] = [];
  const { timeZone } = profiles.profile(target, stepMinutes);
  for (const { zone } of candidates) {
    const why = whyNot(steps.get(zone), stepMinutes);
    try {
      if (why !== null) passedOver.push({ zone, why });
      else if (profiles.profile(zone, stepMinutes).timeZone === timeZone) near.push(zone);
      else far.push(zone);
    } catch (error) {
      // A zone that is configured wrongly fails its own training, not that of others.
      passedOver.push({ zone, why: messageOf(error) });
    }
  }
  return { zones: [...near, ...far].slice(0, donors), passedOver };
}

function whyNot(step: number | undefined, wanted: number): string | null {
  if (step === wanted) return null;
  if (step === undefined) return 'it has had no demand in the last 7 days';
  return `its step is ${String(step)} min, not ${String(wanted)} min`;
}

async function readDonors(
  zones: readonly string[],
  steps: ReadonlyMap<string, number>,
  { log, codec, profiles, fromMs, untilMs }: FindDonorsOptions,
): Promise<Map<string, DonorColumns>> {
  const lent = new Map<string, DonorColumns>();
  if (zones.length === 0) return lent;
  const read = await readInputs(log, codec, { zones, fromMs, untilMs });
  for (const [zone, { columns }] of read.zones) {
    lent.set(zone, { profile: profiles.profile(zone, steps.get(zone)), columns: shareColumns(columns) });
  }
  return lent;
}
