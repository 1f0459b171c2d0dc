import type { DemandObservation, TopicName, TopicRecords } from '../contracts/records.js';
import { integer, string, timestamp, type Cell, type Column, type Row } from './columns.js';
import type { ExportRequest } from './kinds.js';

/** How the records of one topic become rows. */
export interface LogKind<T extends TopicName> {
  readonly topic: T;
  readonly columns: readonly Column[];
  /** The record's timestamp in the log is when it became available: older ones need not be read. */
  readonly byEventTime: boolean;
  /** Rows of a record that lie in the asked-for time and horizon. */
  readonly rows: (record: TopicRecords[T] & Zoned, asked: ExportRequest) => readonly Row[];
}

/** Records that can be asked for by zone; null: about no zone. */
export interface Zoned {
  readonly zone: string | null;
}

export const PROVENANCE = [timestamp('available_at'), string('source'), integer('revision')];

/** The row of an instant inside the asked-for range, or none. */
export function one(
  time: string,
  { fromMs, toMs }: ExportRequest,
  row: (timeMs: number) => Row,
): readonly Row[] {
  const timeMs = Date.parse(time);
  return timeMs >= fromMs && timeMs < toMs ? [row(timeMs)] : [];
}

export function provenance({
  availableAt,
  source,
  revision,
}: Pick<DemandObservation, 'availableAt' | 'source' | 'revision'>): Cell[] {
  return [Date.parse(availableAt), source, revision];
}

export function instant(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}
