import { escapeHtml } from '../../contracts/escape-html.js';
import type { ModelManifest, TrainingRun } from '../../contracts/records.js';
import type { AblatedGroup, Ablation } from './ablation.js';
import type { CrossValidation, DeepReport } from './deep-report.js';
import type { SearchResult } from './search.js';
import type { DataValidation } from './validate-data.js';

type Cell = string | number | null | undefined;

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
table{border-collapse:collapse;margin:.5rem 0 1.5rem;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid #d0d7de;padding:.25rem .75rem;text-align:right}
th:first-child,td:first-child{text-align:left}h2{margin-top:2rem}.verdict{font-weight:600}
@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}th,td{border-color:#30363d}}`;

/** Horizons that a table shows; a zone may have dozens. */
const SHOWN_MINUTES = [5, 15, 30, 60, 120, 180, 360, 720, 1440];

/** The report of a deep training as one HTML page that loads nothing and runs nothing. */
export function deepReportHtml(run: TrainingRun, report: DeepReport, manifest: ModelManifest): string {
  const { data, search, crossValidation, ablation } = report;
  const title = `Deep training of ${report.zone}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body>
<h1>${escapeHtml(title)}</h1>
<p>Run ${escapeHtml(run.id)}, started ${escapeHtml(run.startedAt)}. Version ${escapeHtml(manifest.version)}:
<span class="verdict">${escapeHtml(manifest.gate.verdict)}</span>.</p>
${list(manifest.gate.reasons)}
<h2>Data</h2>${dataSection(data)}
<h2>Search of parameters</h2>${searchSection(search)}
<h2>Cross-validation</h2>${foldSection(crossValidation)}
<h2>What each group of features is worth</h2>${ablationSection(ablation)}
<h2>Held-out block</h2>${metricsSection(manifest)}
</body></html>
`;
}

function dataSection(data: DataValidation): string {
  const { intervals, gaps, quarantined, latencyMinutes, weather, operatorForecasts, shifts } = data;
  const shift = (one: DataValidation['shifts']['month']): Cell =>
    one === null
      ? 'no data'
      : `mean ${signed(one.meanChange)} %, spread ${signed(one.spreadChange)} %, KS distance ${one.ksDistance}`;
  const rules = Object.entries(quarantined.byRule).map(([rule, count]) => `${rule} ${count}`);
  return `<p class="verdict">${escapeHtml(data.verdict)}</p>${list(data.reasons)}${table(
    ['', ''],
    [
      ['from', data.from],
      ['until', data.until],
      ['days', `${data.days} (${data.neededDays} needed)`],
      ['intervals with a value', `${intervals.present} of ${intervals.expected}, ${intervals.coverage} %`],
      ['gaps', gaps.count],
      ['quarantined values', `${quarantined.count}, ${quarantined.share} %`],
      ['findings by rule', rules.length === 0 ? 'none' : rules.join(', ')],
      ['repeated or corrected values', data.repeated],
      ['latency, p50 and p95', `${latencyMinutes.p50} and ${latencyMinutes.p95} minutes`],
      ['hours with a temperature', `${weather.coverage} %`],
      ['weather forecasts', weather.forecasts],
      ["values of the operator's forecast", operatorForecasts],
      ['last 28 days against the 28 before', shift(shifts.month)],
      ['against the same days a year earlier', shift(shifts.year)],
    ],
  )}${
    gaps.longest.length === 0
      ? ''
      : table(
          ['longest gaps, from', 'minutes'],
          gaps.longest.map(({ from, minutes }) => [from, minutes]),
        )
  }`;
}

function searchSection(search: SearchResult): string {
  if (search.tried.length === 0)
    return '<p>Not done: the history or the time was too short. The program’s own parameters were used.</p>';
  const rows = [...search.tried]
    .sort((a, b) => b.rounds - a.rounds || a.mape - b.mape)
    .map(({ recipe, rounds, mape }): Cell[] => {
      const values = Object.entries(recipe.gbdt ?? {}).map(
        ([name, value]) => `${name} ${JSON.stringify(value)}`,
      );
      return [values.length === 0 ? 'the program’s own' : values.join(', '), rounds, mape.toFixed(3)];
    });
  const cut = search.cutShort ? ' The time budget ended it.' : '';
  return `<p>${search.tried.length} candidates in ${search.seconds.toFixed(0)} s.${cut} Chosen: ${
    search.chosenMape < search.ownMape
      ? `MAPE ${search.chosenMape.toFixed(3)} % instead of ${search.ownMape.toFixed(3)} %`
      : 'the program’s own, nothing was clearly better'
  }.</p>${table(['parameters', 'rounds', 'MAPE, %'], rows)}`;
}

function foldSection({ folds, horizons, skipped }: CrossValidation): string {
  if (skipped !== null) return `<p>Not done: ${escapeHtml(skipped)}.</p>`;
  const spans = folds.map(({ fold, testFrom, testUntil }) => `${fold}: ${testFrom} to ${testUntil}`);
  const shown = horizons.filter(({ minutes }) => SHOWN_MINUTES.includes(minutes));
  return `${list(spans)}${table(
    ['minutes', 'MAPE, %', 'least', 'most', 'RMSE, MW', 'coverage of 80 %'],
    (shown.length === 0 ? horizons : shown).map(({ minutes, mape, rmse, coverage80 }) => [
      minutes,
      fixed(mape?.mean, 3),
      fixed(mape?.min, 3),
      fixed(mape?.max, 3),
      fixed(rmse?.mean, 1),
      fixed(coverage80?.mean, 1),
    ]),
  )}`;
}

function ablationSection({ bands, groups }: Ablation): string {
  const cells = (group: AblatedGroup): Cell[] =>
    group.bands.map(({ mape }, band) =>
      signed(Number((mape - (bands[band]?.mape ?? Number.NaN)).toFixed(3))),
    );
  return `<p>MAPE in percentage points when a group’s values are exchanged between rows of the held-out block; the model
that is asked has not seen the block.</p>${table(
    ['group', 'features', ...bands.map(({ untilMinutes }) => `to ${untilMinutes} min`)],
    [
      ['MAPE with all features, %', '', ...bands.map(({ mape }) => mape.toFixed(3))],
      ...groups.map((group): Cell[] => [group.group, group.features, ...cells(group)]),
    ],
  )}`;
}

function metricsSection({ metrics }: ModelManifest): string {
  const shown = metrics.filter(({ horizonMinutes }) => SHOWN_MINUTES.includes(horizonMinutes));
  return table(
    ['minutes', 'rows', 'MAPE, %', 'ramp baseline, %', 'bias, MW', 'coverage of 80 %'],
    (shown.length === 0 ? metrics : shown).map((row) => [
      row.horizonMinutes,
      row.n,
      fixed(row.mape, 3),
      fixed(row.baselineMape, 3),
      fixed(row.bias, 1),
      fixed(row.coverage80, 1),
    ]),
  );
}

function table(head: readonly Cell[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(String(cell ?? ''))}</${tag}>`).join('')}</tr>`;
  const isTitled = head.some((cell) => cell !== '');
  return `<table>${isTitled ? `<thead>${line(head, 'th')}</thead>` : ''}<tbody>${rows.map((row) => line(row, 'td')).join('')}</tbody></table>`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
}

function fixed(value: number | null | undefined, digits: number): Cell {
  return value === null || value === undefined ? '' : value.toFixed(digits);
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value);
}
