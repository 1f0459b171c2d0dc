import { numberField, timeField } from './fields.js';
import { readTable, type TableShape } from './read-table.js';
import type { OnProblem, ReadCounts } from './series.js';

/** The operator's forecasts of one zone, parallel columns in the order of the file. */
export interface ZoneOperatorForecast {
  readonly zone: string;
  /** Target interval starts, epoch milliseconds; a target may stand there several times. */
  readonly timesMs: Float64Array;
  readonly mw: Float64Array;
  /** Epoch milliseconds; null when the file has no such column. */
  readonly issuedAtMs: Float64Array | null;
}

export interface OperatorSeries extends ReadCounts {
  readonly zones: readonly ZoneOperatorForecast[];
}

const SHAPE: TableShape = {
  columns: [
    { names: ['mw'], required: true },
    { names: ['issued_at'], required: false },
  ],
  keepRepeats: true,
  readRow: (fields, positions, row) => {
    const issued = positions[1] ?? -1;
    row[0] = numberField(fields, positions[0] ?? -1, 'mw');
    row[1] = issued < 0 ? Number.NaN : timeField(fields, issued);
  },
};

/**
 * Reads the operator's forecast `zone,time,mw[,issued_at]` (time = start of the target interval, both times ISO 8601
 * with offset), gzip or plain.
 * @throws NowcastError INPUT_INVALID (file or header), INPUT_EMPTY (no usable row)
 */
export async function readOperatorCsv(path: string, onProblem: OnProblem): Promise<OperatorSeries> {
  const { zones, counts } = await readTable(path, SHAPE, onProblem);
  return {
    ...counts,
    zones: zones.map(({ zone, timesMs, values: [mw = new Float64Array(), issued = new Float64Array()] }) => ({
      zone,
      timesMs,
      mw,
      issuedAtMs: issued.some((value) => !Number.isNaN(value)) ? issued : null,
    })),
  };
}
