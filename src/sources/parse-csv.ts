import { RowRefused, splitFields } from './csv/fields.js';
import type { Problems } from './parsed.js';
import { refuseMarkup } from './parse-markup.js';
import { SourceError } from './source-error.js';

export interface CsvRow {
  /** Counted from 1; the header is line 1. */
  readonly line: number;
  readonly fields: string[];
}

export interface CsvTable {
  readonly header: readonly string[];
  /** Rows as wide as the header; others are problems, because their fields may have shifted. */
  readonly rows: readonly CsvRow[];
}

export interface CsvOptions {
  /** Names the answer in messages. */
  readonly what: string;
  readonly problems: Problems;
  /** A checksum vouches for the end of the text. Without one the last field of an unended line may be cut off. */
  readonly isWhole: boolean;
}

/**
 * Splits a small CSV with a header.
 * @throws SourceError unexpected_content for HTML, damaged when there is no header line
 */
export function parseCsv(text: string, { what, problems, isWhole }: CsvOptions): CsvTable {
  refuseMarkup(text, what);
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const headerLine = lines[0] ?? '';
  if (headerLine.trim() === '') throw new SourceError('damaged', `${what} is empty`);
  const isEnded = lines.at(-1) === '';
  const header = fieldsOf(headerLine, 1, problems)?.map((name) => name.trim()) ?? [];
  if (header.length < 2) {
    const start = JSON.stringify(headerLine.slice(0, 80));
    throw new SourceError('unexpected_content', `${what} has no header of columns; it begins ${start}`);
  }
  const rows: CsvRow[] = [];
  for (let i = 1; i < lines.length; i++) {
    const text = lines[i] ?? '';
    if (text.trim() === '') continue;
    const fields = fieldsOf(text, i + 1, problems);
    if (fields === null) continue;
    if (!isWhole && !isEnded && i === lines.length - 1 && fields.length > 0) fields[fields.length - 1] = '';
    rows.push({ line: i + 1, fields });
  }
  dropEndingCommas(header, rows);
  const kept = rows.filter((row) => isAsWide(row, header.length, problems));
  // Then it is rather the header that is hurt, and with it what each column means.
  if (kept.length < rows.length / 2) {
    throw new SourceError(
      'damaged',
      `${what}: most lines have another number of fields than the header's ${header.length}`,
    );
  }
  return { header, rows: kept };
}

/** Some old files end their header with a comma, and other lines or not; then that comma makes no field. */
function dropEndingCommas(header: string[], rows: readonly CsvRow[]): void {
  const width = header.length - 1;
  const isEnding = ({ fields }: CsvRow): boolean =>
    fields.length === width || (fields.length === width + 1 && fields.at(-1)?.trim() === '');
  if (header.at(-1) !== '' || !rows.every(isEnding) || !rows.some(({ fields }) => fields.length === width))
    return;
  header.pop();
  for (const { fields } of rows) fields.length = width;
}

/** Anything else may have shifted its fields. */
function isAsWide({ fields, line }: CsvRow, width: number, problems: Problems): boolean {
  if (fields.length === width) return true;
  problems.add(`line ${line}`, `${fields.length} fields where the header has ${width}`);
  return false;
}

function fieldsOf(text: string, line: number, problems: Problems): string[] | null {
  try {
    return splitFields(text);
  } catch (error) {
    if (!(error instanceof RowRefused)) throw error;
    problems.add(`line ${line}`, error.message);
    return null;
  }
}
