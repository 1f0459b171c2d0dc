import type { ExportTable, Row } from './columns.js';
import { FORMATS, type ExportFormat } from './formats.js';
import { historyTable, type HistoryTableDeps } from './history-tables.js';
import type { ExportRequest, HistoryKind, LogExportKind } from './kinds.js';
import { logTable, type LogTableDeps } from './log-tables.js';

export type ExportDeps = HistoryTableDeps & LogTableDeps;

/** The table that a request asks for; nothing is read yet. The request's source must be one of its kind's. */
export function openTable(deps: ExportDeps, request: ExportRequest): ExportTable {
  return request.source === 'history'
    ? historyTable(deps, request.kind as HistoryKind, request)
    : logTable(deps, request.kind as LogExportKind, request);
}

/** The bytes of an export as they are asked for. */
export type ExportBytes = AsyncIterableIterator<Uint8Array, undefined>;

/**
 * Encodes an export, reading as much of it as is taken; `return` lets go of it early. The first piece is read before
 * this resolves, so that what cannot be read at all is an error here and not a file that breaks off.
 * @param onRows told of the rows of each piece as they are read
 * @throws NowcastError HISTORY_UNAVAILABLE, LOG_UNAVAILABLE
 */
export async function startExport(
  deps: ExportDeps,
  request: ExportRequest,
  format: ExportFormat,
  onRows: (count: number) => void = () => undefined,
): Promise<ExportBytes> {
  const { columns, chunks } = openTable(deps, request);
  const reader = chunks[Symbol.asyncIterator]();
  const first = await reader.next();
  const encoded = FORMATS[format].encode({ columns, chunks: counted(resume(first, reader), onRows) });
  const bytes: ExportBytes = {
    [Symbol.asyncIterator]: () => bytes,
    next: () => encoded.next(),
    return: async () => {
      // A generator that was never started runs no clean-up of its own.
      await reader.return?.();
      return encoded.return(undefined);
    },
  };
  return bytes;
}

async function* resume<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
}

async function* counted(
  chunks: AsyncIterable<readonly Row[]>,
  onRows: (count: number) => void,
): AsyncGenerator<readonly Row[]> {
  for await (const rows of chunks) {
    onRows(rows.length);
    yield rows;
  }
}
