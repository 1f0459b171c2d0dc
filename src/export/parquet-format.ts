import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { Cell, Column, ExportTable, Row } from './columns.js';

/** Rows of one row group: what is held in memory at a time. Fewer, larger groups read faster. */
const ROWS_PER_GROUP = 16_384;

/**
 * Apache Parquet, one row group after the other (Snappy). Timestamps are TIMESTAMP(MILLIS, UTC), numbers DOUBLE or
 * INT32, text UTF8; every column is optional. The footer grows by some hundred bytes with each row group.
 * @param rowsPerGroup rows of a group, the last one excepted
 */
export async function* encodeParquet(
  { columns, chunks }: ExportTable,
  rowsPerGroup = ROWS_PER_GROUP,
): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({ writer: bytes, schema: schemaOf(columns), createdBy: 'power-nowcast' });
  let pending: Row[] = [];
  for await (const rows of chunks) {
    for (const row of rows) {
      pending.push(row);
      if (pending.length < rowsPerGroup) continue;
      await writeGroup(writer, columns, pending);
      pending = [];
      yield takeBytes(bytes);
    }
  }
  if (pending.length > 0) await writeGroup(writer, columns, pending);
  await writer.finish();
  yield takeBytes(bytes);
}

async function writeGroup(
  writer: ParquetWriter,
  columns: readonly Column[],
  rows: readonly Row[],
): Promise<void> {
  const columnData = columns.map(({ name, type }, i) => ({
    name,
    data: rows.map((row) => stored(type, row[i] ?? null)),
    // Kept until the end of the file, one for each page: memory that grows, for readers that skip pages.
    offsetIndex: false,
  }));
  await writer.write({ columnData, rowGroupSize: rows.length });
}

function stored(type: Column['type'], cell: Cell): Cell | bigint {
  return type === 'timestamp' && typeof cell === 'number' ? BigInt(Math.round(cell)) : cell;
}

/** What was written since the last time; positions in the file go on from there. */
function takeBytes(writer: ByteWriter): Uint8Array {
  const taken = writer.getBytes().slice();
  writer.index = 0;
  return taken;
}

function schemaOf(columns: readonly Column[]): SchemaElement[] {
  return [{ name: 'root', num_children: columns.length }, ...columns.map(elementOf)];
}

function elementOf({ name, type }: Column): SchemaElement {
  const base = { name, repetition_type: 'OPTIONAL' } as const;
  switch (type) {
    case 'timestamp':
      return {
        ...base,
        type: 'INT64',
        converted_type: 'TIMESTAMP_MILLIS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      };
    case 'double':
      return { ...base, type: 'DOUBLE' };
    case 'integer':
      return { ...base, type: 'INT32' };
    case 'string':
      return { ...base, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
  }
}
