import { NowcastError } from '../../contracts/errors.js';
import { RowRefused, splitFields, timeField, zoneField } from './fields.js';
import { readLines } from './read-lines.js';
import type { OnProblem, ReadCounts } from './series.js';
import { ZoneColumns } from './zone-columns.js';

/** What one kind of file looks like beyond `zone` and `time`. */
export interface TableShape {
  /** Value columns, each with its accepted header names. */
  readonly columns: readonly { readonly names: readonly string[]; readonly required: boolean }[];
  /** Rows of a zone and time that came before are further rows, kept in the order of the file. */
  readonly keepRepeats?: boolean;
  /** Fills `row` from the fields. @throws RowRefused */
  readonly readRow: (fields: readonly string[], positions: readonly number[], row: Float64Array) => void;
}

export interface ZoneTable {
  readonly zone: string;
  readonly timesMs: Float64Array;
  readonly values: readonly Float64Array[];
}

/**
 * Reads a `zone,time,…` CSV, rows in any order, into columns by zone. Each bad row is reported and skipped.
 * @throws NowcastError INPUT_INVALID (file or header), INPUT_EMPTY (no usable row)
 */
export async function readTable(
  path: string,
  shape: TableShape,
  onProblem: OnProblem,
): Promise<{ zones: ZoneTable[]; counts: ReadCounts }> {
  const reader = new TableReader(path, shape, onProblem);
  for await (const batch of readLines(path)) {
    for (let i = 0; i < batch.lines.length; i++) reader.line(batch.lines[i] ?? '', batch.firstLine + i);
  }
  return reader.finish();
}

interface Header {
  readonly zone: number;
  readonly time: number;
  readonly positions: readonly number[];
}

class TableReader {
  private header: Header | null = null;
  private skipped = 0;
  private read = 0;
  private readonly zones = new Map<string, ZoneColumns>();
  private readonly row: Float64Array;

  constructor(
    private readonly path: string,
    private readonly shape: TableShape,
    private readonly onProblem: OnProblem,
  ) {
    this.row = new Float64Array(shape.columns.length);
  }

  line(text: string, line: number): void {
    if (text.trim() === '') return;
    if (this.header === null) {
      this.header = this.readHeader(text);
      return;
    }
    try {
      const fields = splitFields(text);
      const zone = zoneField(fields, this.header.zone);
      const timeMs = timeField(fields, this.header.time);
      this.shape.readRow(fields, this.header.positions, this.row);
      this.columnsOf(zone).push(timeMs, line, this.row);
      this.read++;
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      this.skipped++;
      this.onProblem({ file: this.path, line, reason: error.message });
    }
  }

  finish(): { zones: ZoneTable[]; counts: ReadCounts } {
    if (this.header === null) throw new NowcastError('INPUT_EMPTY', `${this.path} is empty`);
    if (this.read === 0) {
      const why =
        this.skipped === 0 ? 'has a header but no rows' : `has no usable row (${this.skipped} were skipped)`;
      throw new NowcastError('INPUT_EMPTY', `${this.path} ${why}`, { context: { skipped: this.skipped } });
    }
    let duplicates = 0;
    const onDuplicate = (line: number, differs: boolean): void => {
      duplicates++;
      const reason = 'another value for a zone and time that came before; the later row is used';
      if (differs) this.onProblem({ file: this.path, line, reason });
    };
    const zones = [...this.zones]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([zone, columns]) => ({
        zone,
        ...(this.shape.keepRepeats === true ? columns.all() : columns.finish(onDuplicate)),
      }));
    return { zones, counts: { rows: this.read - duplicates, skipped: this.skipped, duplicates } };
  }

  private columnsOf(zone: string): ZoneColumns {
    let columns = this.zones.get(zone);
    if (columns === undefined) {
      columns = new ZoneColumns(this.shape.columns.length);
      this.zones.set(zone, columns);
    }
    return columns;
  }

  private readHeader(text: string): Header {
    let names: string[];
    try {
      names = splitFields(text).map((name) => name.trim().toLowerCase());
    } catch {
      names = [];
    }
    const find = (accepted: readonly string[], required: boolean): number => {
      const position = names.findIndex((name) => accepted.includes(name));
      if (position < 0 && required) {
        const found = JSON.stringify(text.slice(0, 120));
        const wanted = accepted.join(' or ');
        throw new NowcastError(
          'INPUT_INVALID',
          `${this.path}: the header has no column ${wanted}; it is ${found}`,
        );
      }
      return position;
    };
    return {
      zone: find(['zone'], true),
      time: find(['time'], true),
      positions: this.shape.columns.map((column) => find(column.names, column.required)),
    };
  }
}
