import { parseCsv } from '../parse-csv.js';
import { parseDecimal } from '../parse-number.js';
import type { Problems } from '../parsed.js';
import { SourceError } from '../source-error.js';

/** One label of a day file: the wall clock's reading at the END of an interval. */
export interface OutlookLabel {
  /** Date that the label itself states, or null. */
  readonly date: string | null;
  readonly minuteOfDay: number;
  readonly text: string;
}

/** A day file of either layout: labels and, by column name as published, one value a label (NaN where blank). */
export interface OutlookTable {
  /** Date that the file states (old layout), or null. */
  readonly date: string | null;
  readonly labels: readonly (OutlookLabel | null)[];
  readonly columns: ReadonlyMap<string, Float64Array>;
}

const LABEL = /^(?:(\d{2})\/(\d{2})\/(\d{4}) )?(\d{1,2}):(\d{2})(?::00)?$/;
const DATED_CORNER = /(?:^|\s)(\d{2})\/(\d{2})\/(\d{4})$/;

/**
 * Reads a day file of Today's Outlook: the present layout (a row a label, first column `Time`) or the one of before
 * 2020 (a column a label, the date in the corner, a row a series).
 * @throws SourceError unexpected_content when it is neither, damaged when it is empty
 */
export function parseOutlookTable(text: string, what: string, problems: Problems): OutlookTable {
  const { header, rows } = parseCsv(text, { what, problems, isWhole: false });
  const corner = header[0] ?? '';
  const dated = DATED_CORNER.exec(corner);
  if (corner.toLowerCase() === 'time') return byRows(header, rows, problems);
  if (dated !== null) {
    const [, month = '', day = '', year = ''] = dated;
    return byColumns(`${year}-${month}-${day}`, header, rows, problems);
  }
  const start = JSON.stringify(header.slice(0, 3).join(',').slice(0, 80));
  throw new SourceError('unexpected_content', `${what} is no file of Today's Outlook; it begins ${start}`);
}

type Rows = ReturnType<typeof parseCsv>['rows'];

function byRows(header: readonly string[], rows: Rows, problems: Problems): OutlookTable {
  const labels = rows.map(({ fields, line }) => parseLabel(fields[0] ?? '', `line ${line}`, problems));
  const columns = new Map<string, Float64Array>();
  header.forEach((name, column) => {
    if (column === 0 || name === '') return;
    if (columns.has(name)) {
      problems.add(name, 'the column is there twice; neither is used');
      columns.set(name, new Float64Array(rows.length).fill(Number.NaN));
      return;
    }
    const values = rows.map(({ fields, line }) => parseValue(fields[column] ?? '', `line ${line}`, problems));
    columns.set(name, Float64Array.from(values));
  });
  return { date: null, labels, columns };
}

function byColumns(date: string, header: readonly string[], rows: Rows, problems: Problems): OutlookTable {
  const labels = header.slice(1).map((text, i) => parseLabel(text, `column ${i + 2}`, problems));
  const columns = new Map<string, Float64Array>();
  for (const { fields, line } of rows) {
    const name = fields[0]?.trim() ?? '';
    if (name === '') problems.add(`line ${line}`, 'the series has no name');
    else if (columns.has(name)) {
      problems.add(name, 'the series is there twice; neither is used');
      columns.set(name, new Float64Array(labels.length).fill(Number.NaN));
    } else {
      const values = fields.slice(1).map((value) => parseValue(value, name, problems));
      columns.set(name, Float64Array.from(values));
    }
  }
  return { date, labels, columns };
}

function parseLabel(text: string, where: string, problems: Problems): OutlookLabel | null {
  const found = LABEL.exec(text.trim());
  const [, month, day, year, hour = '', minute = ''] = found ?? [];
  const minuteOfDay = Number(hour) * 60 + Number(minute);
  const isOnGrid = found !== null && Number(hour) < 24 && Number(minute) < 60 && minuteOfDay % 5 === 0;
  if (!isOnGrid) {
    if (text.trim() !== '') problems.add(where, `not a time of day: ${JSON.stringify(text.slice(0, 40))}`);
    return null;
  }
  const date = year === undefined ? null : `${year}-${month ?? ''}-${day ?? ''}`;
  if (date !== null && Number.isNaN(Date.parse(`${date}T00:00:00Z`))) {
    problems.add(where, `not a date: ${JSON.stringify(text.slice(0, 40))}`);
    return null;
  }
  return { date, minuteOfDay, text: text.trim() };
}

function parseValue(text: string, where: string, problems: Problems): number {
  const value = parseDecimal(text);
  if (Number.isNaN(value) && text.trim() !== '')
    problems.add(where, `not a number: ${JSON.stringify(text.slice(0, 40))}`);
  return value;
}
