import type { Alert, Nowcast } from '../contracts/records.js';
import { DAY_MS } from '../contracts/time.js';
import type { AssignedPartition, EventLog, PartitionOffset, TopicPartition } from '../log/event-log.js';
import { readDecoded } from '../log/read-decoded.js';
import type { SchemaCodec } from '../log/schema-codec.js';

/** Inputs this old still matter: the longest lag (14 days) seen from a day-ahead target, and a margin. */
export const LOOKBACK_MS = 17 * DAY_MS;
/** How much of the nowcasts topic is read back to score it once its actuals arrive. */
const TAIL_RECORDS = 15_000;
const ALERT_RECORDS = 5_000;
export const TRIGGER_HEADER = 'trigger';
/** State of the zone's band correction when the nowcast was issued: float64, little-endian, base64. */
export const BANDS_HEADER = 'bands';

/** A nowcast that was issued before the restart. */
export interface IssuedEarlier {
  readonly nowcast: Nowcast;
  /** Null for most: one an hour carries it. */
  readonly bandState: Float64Array | null;
}

export function encodeBandState(state: Float64Array): string {
  const bytes = new DataView(new ArrayBuffer(state.byteLength));
  state.forEach((value, i) => {
    bytes.setFloat64(8 * i, value, true);
  });
  return Buffer.from(bytes.buffer).toString('base64');
}

function decodeBandState(header: string | undefined): Float64Array | null {
  if (header === undefined) return null;
  const bytes = Buffer.from(header, 'base64');
  return Float64Array.from({ length: Math.floor(bytes.length / 8) }, (_, i) => bytes.readDoubleLE(8 * i));
}

export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** Stored with each committed offset. */
export interface CommitNote {
  /** End of the nowcasts topic when the offset was committed. */
  readonly nowcastsEnd: number;
  /** Latest availableAt that had been worked off. */
  readonly asOfMs: number;
}

export function encodeNote(note: CommitNote): string {
  return JSON.stringify(note);
}

function decodeNote(metadata: string | undefined): CommitNote | null {
  try {
    const note = JSON.parse(metadata ?? '') as Partial<CommitNote>;
    return typeof note.nowcastsEnd === 'number' && typeof note.asOfMs === 'number'
      ? { nowcastsEnd: note.nowcastsEnd, asOfMs: note.asOfMs }
      : null;
  } catch {
    return null;
  }
}

/** Where an assignment begins, and what was already emitted before. */
export interface RestorePlan {
  readonly starts: readonly PartitionOffset[];
  /** Per partition: events below this offset rebuild state and emit nothing. */
  readonly emitFrom: ReadonlyMap<string, number>;
  /** Per partition: the highest trigger whose nowcast is in the topic although its offset was not committed. */
  readonly emittedThrough: ReadonlyMap<string, number>;
  /** Per zone, in order: nowcasts issued lately, to be scored. */
  readonly tail: ReadonlyMap<string, readonly IssuedEarlier[]>;
  readonly nowcastsEnd: number;
  /** Alerts published lately, in order. */
  readonly alerts: readonly Alert[];
}

/**
 * Plans the rebuilding of state from the log itself: inputs from (as-of - longest lag) are read again without
 * emitting; from the committed offset on they emit, except what the nowcasts topic holds already. That makes
 * at-least-once delivery with a deterministic step effectively once, without transactions.
 * @param emitSinceMs for a group that never committed: emit only for inputs available from then on
 */
export async function planRestore(
  log: EventLog,
  codec: SchemaCodec,
  assigned: readonly AssignedPartition[],
  emitSinceMs?: number,
): Promise<RestorePlan> {
  const notes = assigned
    .map(({ committed }) => decodeNote(committed?.metadata))
    .filter((note) => note !== null);
  const asOfMs = Math.min(...notes.map((note) => note.asOfMs), emitSinceMs ?? Number.POSITIVE_INFINITY);
  const since = await offsetsByKey(log, assigned, emitSinceMs);
  const lookback = await offsetsByKey(
    log,
    assigned,
    Number.isFinite(asOfMs) ? asOfMs - LOOKBACK_MS : undefined,
  );
  const emitFrom = new Map<string, number>();
  const starts: PartitionOffset[] = [];
  for (const part of assigned) {
    const key = partitionKey(part);
    const emit = Math.max(part.low, part.committed?.offset ?? since.get(key) ?? part.low);
    emitFrom.set(key, emit);
    const start = Math.max(part.low, Math.min(emit, lookback.get(key) ?? part.low));
    starts.push({ topic: part.topic, partition: part.partition, offset: start });
  }
  const committedEnds = notes.map((note) => note.nowcastsEnd);
  const alerts = await readAlerts(log, codec);
  return { starts, emitFrom, alerts, ...(await readTail(log, codec, committedEnds)) };
}

async function offsetsByKey(
  log: EventLog,
  assigned: readonly AssignedPartition[],
  timestampMs: number | undefined,
): Promise<Map<string, number>> {
  const offsets = new Map<string, number>();
  if (timestampMs === undefined) return offsets;
  for (const topic of new Set(assigned.map((part) => part.topic))) {
    for (const at of await log.offsetsAt(topic, timestampMs)) offsets.set(partitionKey(at), at.offset);
  }
  return offsets;
}

async function readTail(log: EventLog, codec: SchemaCodec, committedEnds: readonly number[]) {
  const emittedThrough = new Map<string, number>();
  const tail = new Map<string, IssuedEarlier[]>();
  let nowcastsEnd = 0;
  for (const { partition, low, high } of await log.watermarks('nowcasts')) {
    nowcastsEnd = Math.max(nowcastsEnd, high);
    const committedEnd = Math.min(high, ...committedEnds);
    const from = Math.max(low, committedEnd - TAIL_RECORDS);
    const uncommittedFrom = committedEnds.length === 0 ? from : committedEnd;
    for await (const batch of log.read('nowcasts', partition, from, high)) {
      await codec.prepare(batch.records.map(({ value }) => value));
      for (const { value, offset, headers } of batch.records) {
        if (offset >= uncommittedFrom) noteTrigger(emittedThrough, headers[TRIGGER_HEADER]);
        const decoded = codec.decode('nowcasts', value);
        if (!decoded.ok) continue;
        const bandState = decodeBandState(headers[BANDS_HEADER]);
        listOf(tail, decoded.value.zone).push({ nowcast: decoded.value, bandState });
      }
    }
  }
  return { emittedThrough, tail, nowcastsEnd };
}

async function readAlerts(log: EventLog, codec: SchemaCodec): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for await (const records of readDecoded(log, codec, 'alerts', ALERT_RECORDS)) {
    for (const { decoded } of records) if (decoded.ok) alerts.push(decoded.value);
  }
  return alerts;
}

function noteTrigger(emittedThrough: Map<string, number>, header: string | undefined): void {
  const at = header?.lastIndexOf(':') ?? -1;
  if (header === undefined || at < 0) return;
  const key = header.slice(0, at);
  const offset = Number(header.slice(at + 1));
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
