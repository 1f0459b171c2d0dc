import type { WeatherValues } from '../../features/input-event.js';
import { optionalNumberField, RowRefused } from './fields.js';
import { readTable, type TableShape } from './read-table.js';
import type { OnProblem, WeatherSeries } from './series.js';

const VARIABLES: readonly { readonly key: keyof WeatherValues; readonly names: readonly string[] }[] = [
  { key: 'temperatureC', names: ['temperature_c', 'temp_c'] },
  { key: 'humidityPct', names: ['humidity_pct'] },
  { key: 'windMs', names: ['wind_ms'] },
  { key: 'cloudPct', names: ['cloud_pct'] },
  { key: 'shortwaveWm2', names: ['shortwave_wm2'] },
];

const SHAPE: TableShape = {
  columns: VARIABLES.map(({ key, names }) => ({ names, required: key === 'temperatureC' })),
  readRow: (fields, positions, row) => {
    let known = 0;
    VARIABLES.forEach(({ names }, i) => {
      const value = optionalNumberField(fields, positions[i] ?? -1, names[0] ?? '');
      row[i] = value;
      if (!Number.isNaN(value)) known++;
    });
    if (known === 0) throw new RowRefused('every value is missing');
  },
};

/**
 * Reads weather CSV `zone,time,temperature_c|temp_c[,humidity_pct,wind_ms,cloud_pct,shortwave_wm2]`, gzip or plain.
 * An empty field is a missing value; a row with none is refused.
 * @throws NowcastError INPUT_INVALID (file or header), INPUT_EMPTY (no usable row)
 */
export async function readWeatherCsv(path: string, onProblem: OnProblem): Promise<WeatherSeries> {
  const { zones, counts } = await readTable(path, SHAPE, onProblem);
  return {
    ...counts,
    zones: zones.map(({ zone, timesMs, values }) => ({ zone, timesMs, values: byName(values) })),
  };
}

function byName(columns: readonly Float64Array[]): Record<keyof WeatherValues, Float64Array> {
  const column = (key: keyof WeatherValues): Float64Array =>
    columns[VARIABLES.findIndex((variable) => variable.key === key)] ?? new Float64Array();
  return {
    temperatureC: column('temperatureC'),
    humidityPct: column('humidityPct'),
    windMs: column('windMs'),
    cloudPct: column('cloudPct'),
    shortwaveWm2: column('shortwaveWm2'),
  };
}
