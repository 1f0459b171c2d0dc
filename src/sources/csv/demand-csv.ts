import { numberField } from './fields.js';
import { readTable, type TableShape } from './read-table.js';
import type { DemandSeries, OnProblem } from './series.js';

const SHAPE: TableShape = {
  columns: [{ names: ['mw'], required: true }],
  readRow: (fields, positions, row) => {
    row[0] = numberField(fields, positions[0] ?? -1, 'mw');
  },
};

/**
 * Reads demand CSV `zone,time,mw` (time = interval start, ISO 8601 with offset), gzip or plain. Negative and absurd
 * values are data: the quality rules judge them later.
 * @throws NowcastError INPUT_INVALID (file or header), INPUT_EMPTY (no usable row)
 */
export async function readDemandCsv(path: string, onProblem: OnProblem): Promise<DemandSeries> {
  const { zones, counts } = await readTable(path, SHAPE, onProblem);
  return {
    ...counts,
    zones: zones.map(({ zone, timesMs, values }) => ({
      zone,
      timesMs,
      demandMw: values[0] ?? new Float64Array(),
    })),
  };
}
