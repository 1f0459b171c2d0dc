import type { ExportTable } from './columns.js';
import { FORMATS, type ExportFormat } from './formats.js';
import { historyTable, type HistoryKind, type HistoryTableDeps } from './history-tables.js';
import type { ExportRequest } from './kinds.js';
import { logTable, type LogExportKind, type LogTableDeps } from './log-tables.js';

export type ExportDeps = HistoryTableDeps & LogTableDeps;

/** The table that a request asks for; nothing is read yet. The request's source must be one of its kind's. */
export function openTable(deps: ExportDeps, request: ExportRequest): ExportTable {
  return request.source === 'history'
    ? historyTable(deps, request.kind as HistoryKind, request)
    : logTable(deps, request.kind as LogExportKind, request);
}

/**
 * Encodes an export, reading as much of it as is taken. The first piece is read before this resolves, so that what
 * cannot be read at all is an error here and not a file that breaks off.
 * @throws NowcastError HISTORY_UNAVAILABLE, LOG_UNAVAILABLE
 */
export async function startExport(
  deps: ExportDeps,
  request: ExportRequest,
  format: ExportFormat,
): Promise<AsyncGenerator<Uint8Array>> {
  const { columns, chunks } = openTable(deps, request);
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  return FORMATS[format].encode({ columns, chunks: resume(first, iterator) });
}

async function* resume<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    // Whoever stops early lets go of the readers.
    await rest.return?.();
  }
}
