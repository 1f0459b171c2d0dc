import { parse } from 'csv-parse/sync';
import { messageOf } from '../../contracts/errors.js';
import { parseIso } from '../../contracts/time.js';

/** Why a row cannot be used; becomes the reason of a RowProblem. */
export class RowRefused extends Error {}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const MAX_ZONE_CHARS = 64;
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Fields of one line. Quoted lines go through csv-parse one by one, so a stray quote costs its own row only, not
 * the rest of the file; rows of these files never span lines.
 * @throws RowRefused
 */
export function splitFields(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  try {
    const records: string[][] = parse(line, { relax_column_count: true });
    return records[0] ?? [];
  } catch (error) {
    // The parser counts from the line that it was given, which is not the line of the file.
    throw new RowRefused(`malformed quotes: ${messageOf(error).replace(/,? (at|on) line \d+.*$/, '')}`);
  }
}

/** @throws RowRefused */
export function zoneField(fields: readonly string[], column: number): string {
  const zone = fields[column]?.trim() ?? '';
  if (zone === '') throw new RowRefused('the zone is missing');
  if (zone.length > MAX_ZONE_CHARS)
    throw new RowRefused(`the zone is longer than ${MAX_ZONE_CHARS} characters`);
  if (CONTROL.test(zone)) throw new RowRefused('the zone contains control characters');
  return zone;
}

/** Epoch milliseconds. @throws RowRefused */
export function timeField(fields: readonly string[], column: number): number {
  const text = fields[column]?.trim() ?? '';
  if (text === '') throw new RowRefused('the time is missing');
  try {
    return parseIso(text);
  } catch (error) {
    throw new RowRefused(messageOf(error));
  }
}

/** @throws RowRefused unless it is a finite decimal number */
export function numberField(fields: readonly string[], column: number, name: string): number {
  const value = optionalNumberField(fields, column, name);
  if (Number.isNaN(value)) throw new RowRefused(`${name} is missing`);
  return value;
}

/** NaN when the field is empty or absent. @throws RowRefused when it is something but no finite decimal number */
export function optionalNumberField(fields: readonly string[], column: number, name: string): number {
  const text = fields[column]?.trim() ?? '';
  if (text === '') return Number.NaN;
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value))
    throw new RowRefused(`${name} is not a number: ${JSON.stringify(text.slice(0, 40))}`);
  return value;
}
