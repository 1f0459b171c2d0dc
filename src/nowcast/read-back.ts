import { scoredOverWeek } from '../accuracy/settings.js';
import { DAY_MS, HOUR_MS } from '../contracts/time.js';
import type { Nowcast } from '../contracts/records.js';
import type { EventLog, LogRecord } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import { issuedEarlier, type IssuedEarlier, type KeptHorizons } from './issued-earlier.js';
import { TRIGGER_HEADER } from './nowcast-headers.js';

/** The longest window of scores, and what an origin may be ahead of the newest accepted actual. */
const LONGEST_WINDOW_MS = 7 * DAY_MS;
const MARGIN_MS = 3 * HOUR_MS;

/** What of the nowcasts topic is read back. */
export interface ReadBackOptions {
  /** How far event time had come; null reads back from the newest nowcast. */
  readonly asOfMs: number | null;
  /** Ends of the topic that the committed offsets knew; empty when nothing was committed. */
  readonly committedEnds: readonly number[];
  /** Longest horizon of any zone: targets inside a window were forecast up to so long before it. */
  readonly longestHorizonMs: number;
  /** Horizons that the configuration watches; null for the usual ones. */
  readonly watchedMinutes: readonly number[] | null;
  /** `topic/partition` of the inputs that this consumer has: nowcasts of other inputs are not decoded. */
  readonly partitions: ReadonlySet<string>;
}

export interface ReadBack {
  /** Per partition: the highest trigger whose nowcast is in the topic although its offset was not committed. */
  readonly emittedThrough: ReadonlyMap<string, number>;
  /** Per zone, the oldest last: nowcasts to be scored. */
  readonly tail: ReadonlyMap<string, IssuedEarlier[]>;
  readonly nowcastsEnd: number;
}

/**
 * Reads back the nowcasts whose targets lie in a window of scores or are still open: a time, however many zones there
 * are. Batch by batch; what is kept of each is its scored columns, for days past only of the horizons scored over 7 d.
 */
export async function readBack(
  log: EventLog,
  codec: SchemaCodec,
  options: ReadBackOptions,
): Promise<ReadBack> {
  const { committedEnds, partitions } = options;
  const emittedThrough = new Map<string, number>();
  const tail = new Map<string, IssuedEarlier[]>();
  let nowcastsEnd = 0;
  for (const { partition, low, high } of await log.watermarks('nowcasts')) {
    nowcastsEnd = Math.max(nowcastsEnd, high);
    const endMs = options.asOfMs ?? (await newestMs(log, partition, low, high));
    const fromMs = endMs - LONGEST_WINDOW_MS - options.longestHorizonMs - MARGIN_MS;
    const first = (await log.offsetsAt('nowcasts', fromMs)).find((at) => at.partition === partition);
    const committedEnd = Math.min(high, ...committedEnds);
    const from = Math.max(low, Math.min(committedEnd, first?.offset ?? low));
    const uncommittedFrom = committedEnds.length === 0 ? from : committedEnd;
    const keep = new Keeper(endMs, options);
    for await (const { records } of log.read('nowcasts', partition, from, high)) {
      await codec.prepare(records.map(({ value }) => value));
      for (const record of records) {
        const trigger = triggerOf(record);
        if (trigger !== null && record.offset >= uncommittedFrom) noteTrigger(emittedThrough, trigger);
        if (trigger !== null && !partitions.has(trigger.key)) continue;
        const decoded = codec.decode('nowcasts', record.value);
        if (decoded.ok) listOf(tail, decoded.value.zone).push(keep.take(decoded.value, record));
      }
    }
  }
  for (const list of tail.values()) list.reverse();
  return { emittedThrough, tail, nowcastsEnd };
}

/** Decides which columns of a nowcast are kept; nowcasts of one zone share their list of horizons. */
class Keeper {
  private readonly known: { readonly all: KeptHorizons; readonly week: KeptHorizons }[] = [];
  private readonly dayFromMs: number;

  constructor(
    endMs: number,
    private readonly options: ReadBackOptions,
  ) {
    this.dayFromMs = endMs - DAY_MS - options.longestHorizonMs - MARGIN_MS;
  }

  take(nowcast: Nowcast, { headers }: LogRecord): IssuedEarlier {
    const { all, week } = this.horizonsOf(nowcast);
    const isOfLastDay = Date.parse(nowcast.origin) > this.dayFromMs;
    return issuedEarlier(nowcast, headers, isOfLastDay ? all : week, isOfLastDay);
  }

  private horizonsOf({ steps }: Nowcast) {
    const isSame = (minutes: readonly number[]): boolean =>
      minutes.length === steps.length && minutes.every((one, i) => one === steps[i]?.horizonMinutes);
    let known = this.known.find(({ all }) => isSame(all.minutes));
    if (known === undefined) {
      const minutes = steps.map(({ horizonMinutes }) => horizonMinutes);
      const week = scoredOverWeek(minutes, this.options.watchedMinutes);
      known = {
        all: { minutes, at: minutes.map((_, i) => i) },
        week: { minutes: week, at: week.map((one) => minutes.indexOf(one)) },
      };
      this.known.push(known);
    }
    return known;
  }
}

async function newestMs(log: EventLog, partition: number, low: number, high: number): Promise<number> {
  let newest = 0;
  for await (const { records } of log.read('nowcasts', partition, Math.max(low, high - 1), high))
    for (const { timestampMs } of records) newest = Math.max(newest, timestampMs);
  return newest;
}

interface TriggerAt {
  readonly key: string;
  readonly offset: number;
}

function triggerOf({ headers }: LogRecord): TriggerAt | null {
  const header = headers[TRIGGER_HEADER];
  const at = header?.lastIndexOf(':') ?? -1;
  if (header === undefined || at < 0) return null;
  return { key: header.slice(0, at), offset: Number(header.slice(at + 1)) };
}

function noteTrigger(emittedThrough: Map<string, number>, { key, offset }: TriggerAt): void {
  emittedThrough.set(key, Math.max(emittedThrough.get(key) ?? -1, offset));
}

function listOf<V>(map: Map<string, V[]>, key: string): V[] {
  let list = map.get(key);
  if (list === undefined) {
    list = [];
    map.set(key, list);
  }
  return list;
}
