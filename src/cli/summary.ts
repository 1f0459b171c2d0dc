import type { ReplayCounts } from '../roles/replay.js';
import type { HorizonSummary } from '../roles/replay-summary.js';
import { table } from './table.js';

const percent = (value: number | null): string =>
  value === null || Number.isNaN(value) ? '-' : `${value.toFixed(3)} %`;

/** What a replay did and how good its nowcasts were, measured. */
export function printSummary(counts: ReplayCounts, rows: readonly HorizonSummary[]): void {
  const { published, unchanged, trainings, seconds } = counts;
  const already = unchanged > 0 ? `, ${unchanged} were in the log already` : '';
  process.stdout.write(
    `${published} records played${already}; ${trainings} trainings; ${seconds.toFixed(1)} s\n\n`,
  );
  const header = ['zone', 'horizon', 'scored', 'MAPE', 'by models', 'MAPE by models', 'persistence there'];
  process.stdout.write(
    table(
      header,
      rows.map((row) => [
        row.zone,
        `${row.horizonMinutes} min`,
        String(row.n),
        percent(row.mape),
        String(row.modelN),
        percent(row.modelMape),
        percent(row.persistenceMape),
      ]),
    ),
  );
}
