import type { ExportTable } from './columns.js';
import { encodeParquet } from './parquet-format.js';
import { encodeCsv, encodeNdjson } from './text-formats.js';

export const EXPORT_FORMATS = ['csv', 'ndjson', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

interface FormatSpec {
  readonly mediaType: string;
  readonly encode: (table: ExportTable) => AsyncGenerator<Uint8Array>;
}

/** How each format is written; nothing is read from the table before the first bytes are asked for. */
export const FORMATS: Readonly<Record<ExportFormat, FormatSpec>> = {
  csv: { mediaType: 'text/csv; charset=utf-8; header=present', encode: encodeCsv },
  ndjson: { mediaType: 'application/x-ndjson', encode: encodeNdjson },
  parquet: { mediaType: 'application/vnd.apache.parquet', encode: (table) => encodeParquet(table) },
};
