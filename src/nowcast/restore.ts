import type { ScoringRules } from '../accuracy/settings.js';
import type { ZoneProfiles } from '../config/zone-profiles.js';
import type { Alert } from '../contracts/records.js';
import { DAY_MS, MINUTE_MS } from '../contracts/time.js';
import type { AssignedPartition, EventLog, PartitionOffset, TopicPartition } from '../log/event-log.js';
import { readDecoded } from '../log/read-decoded.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import { type ReadBack, readBack } from './read-back.js';

/** Inputs this old still matter: the longest lag (14 days) seen from a day-ahead target, and a margin. */
export const LOOKBACK_MS = 17 * DAY_MS;
const ALERT_RECORDS = 5_000;

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
export interface RestorePlan extends ReadBack {
  readonly starts: readonly PartitionOffset[];
  /** Per partition: events below this offset rebuild state and emit nothing. */
  readonly emitFrom: ReadonlyMap<string, number>;
  /** Alerts published lately, in order. */
  readonly alerts: readonly Alert[];
}

export interface RestoreOptions {
  readonly profiles: Pick<ZoneProfiles, 'longestHorizonMinutes'>;
  readonly scoring: Pick<ScoringRules, 'accuracy'>;
  /** For a group that never committed: emit only for inputs available from then on. */
  readonly emitSinceMs?: number;
}

/**
 * Plans the rebuilding of state from the log itself: inputs from (as-of - longest lag) are read again without
 * emitting; from the committed offset on they emit, except what the nowcasts topic holds already. That makes
 * at-least-once delivery with a deterministic step effectively once, without transactions.
 */
export async function planRestore(
  log: EventLog,
  codec: SchemaCodec,
  assigned: readonly AssignedPartition[],
  { emitSinceMs, profiles, scoring }: RestoreOptions,
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
    // An input topic that the group has not followed before is begun where the others' state begins.
    const uncommitted = since.get(key) ?? lookback.get(key) ?? part.low;
    const emit = Math.max(part.low, part.committed?.offset ?? uncommitted);
    emitFrom.set(key, emit);
    const start = Math.max(part.low, Math.min(emit, lookback.get(key) ?? part.low));
    starts.push({ topic: part.topic, partition: part.partition, offset: start });
  }
  const alerts = await readAlerts(log, codec);
  const emitted = await readBack(log, codec, {
    longestHorizonMs: profiles.longestHorizonMinutes * MINUTE_MS,
    watchedMinutes: scoring.accuracy.horizonsMinutes,
    asOfMs: Number.isFinite(asOfMs) ? asOfMs : null,
    committedEnds: notes.map((note) => note.nowcastsEnd),
    partitions: new Set(assigned.map(partitionKey)),
  });
  return { starts, emitFrom, alerts, ...emitted };
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

async function readAlerts(log: EventLog, codec: SchemaCodec): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for await (const records of readDecoded(log, codec, 'alerts', ALERT_RECORDS)) {
    for (const { decoded } of records) if (decoded.ok) alerts.push(decoded.value);
  }
  return alerts;
}
