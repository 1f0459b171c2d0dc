import { toIso } from '../contracts/time.js';
import type { Cell, Column, ExportTable, Row } from './columns.js';

const NEEDS_QUOTES = /[",\r\n]/;

/**
 * RFC 4180 with `\n` at the end of lines: a header row, quotes where a value has a comma, a quote or a line break.
 * Timestamps are ISO 8601 UTC; what is not known is an empty field, an empty string a quoted one.
 */
export async function* encodeCsv({ columns, chunks }: ExportTable): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${columns.map(({ name }) => csvText(name)).join(',')}\n`);
  for await (const rows of chunks) yield Buffer.from(rows.map((row) => csvLine(columns, row)).join(''));
}

function csvLine(columns: readonly Column[], row: Row): string {
  return `${columns.map((column, i) => csvCell(column, row[i] ?? null)).join(',')}\n`;
}

function csvCell(column: Column, cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return csvText(cell);
  return column.type === 'timestamp' ? toIso(cell) : String(cell);
}

function csvText(text: string): string {
  return text === '' || NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One JSON object a line, every column in each; what is not known is null. */
export async function* encodeNdjson({ columns, chunks }: ExportTable): AsyncGenerator<Uint8Array> {
  for await (const rows of chunks) yield Buffer.from(rows.map((row) => jsonLine(columns, row)).join(''));
}

function jsonLine(columns: readonly Column[], row: Row): string {
  const entries = columns.map(({ name, type }, i) => {
    const cell = row[i] ?? null;
    return [name, type === 'timestamp' && typeof cell === 'number' ? toIso(cell) : cell];
  });
  return `${JSON.stringify(Object.fromEntries(entries))}\n`;
}
