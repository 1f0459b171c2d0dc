/** A value of an export: epoch milliseconds in timestamp columns; null where it is not known. */
export type Cell = string | number | null;

/** Values in the order of the columns. */
export type Row = readonly Cell[];

export interface Column {
  /** snake_case, with the unit where there is one. */
  readonly name: string;
  /** `timestamp`: an instant in UTC; `integer`: fits 32 bits. */
  readonly type: 'timestamp' | 'double' | 'integer' | 'string';
}

export const timestamp = (name: string): Column => ({ name, type: 'timestamp' });
export const double = (name: string): Column => ({ name, type: 'double' });
export const integer = (name: string): Column => ({ name, type: 'integer' });
export const string = (name: string): Column => ({ name, type: 'string' });

/** A table that is read once, piece by piece. */
export interface ExportTable {
  readonly columns: readonly Column[];
  /** Pieces of bounded size, none of them empty. */
  readonly chunks: AsyncIterable<readonly Row[]>;
}
