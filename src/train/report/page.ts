import type { BacktestHorizon } from '../scoring/horizon-scores.js';
import { toIso } from '../../contracts/time.js';
import { type Chart, fixed } from './chart.js';
import { html, htmlTable, Markup } from './html.js';
import type { ReportData } from './report-data.js';
import { horizonLabel } from './shown-horizons.js';
import { STYLE } from './style.js';

/** No script, no request: nothing but what is written in the file. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** A heading with its charts; a wide one takes the whole width. */
export interface Section {
  readonly title: string;
  readonly intro?: string;
  readonly charts: readonly { readonly chart: Chart; readonly wide?: boolean }[];
}

/** The page from its parts. @param drawn the SVG of each chart, in the order of the sections */
export function reportPage(data: ReportData, sections: readonly Section[], drawn: readonly string[]): string {
  const { result, provenance } = data;
  const title = `Backtest of ${result.zone}`;
  const rest = [...drawn];
  const body = sections.map(
    (section) =>
      html`<section>
        <h2>${section.title}</h2>
        ${section.intro === undefined ? '' : html`<p class="muted">${section.intro}</p>`}
        <div class="charts">
          ${section.charts.map(({ chart, wide }) => figure(chart, rest.shift() ?? '', wide === true))}
        </div>
      </section>`,
  );
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${new Markup(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p class="muted">${subtitle(data)}</p>
          ${tiles(data)}
        </header>
        <main>
          <section>
            <h2>Summary</h2>
            ${summaryTable(result.horizons, data)}
          </section>
          ${body}
          <section>
            <h2>Provenance</h2>
            <div class="provenance">${htmlTable('What was done to what', ['', ''], provenance)}</div>
          </section>
        </main>
        <footer>
          Written by power-nowcast. MAPE, coverage and shares in percent; demand, RMSE, bias and pinball loss
          in MW.
        </footer>
      </body>
    </html> `;
  return page.text;
}

function subtitle({ result, findings, timeZone }: ReportData): string {
  const operator =
    result.operator?.issueTime === 'unknown'
      ? " The operator's issue times are unknown: its forecast may know more than the model did."
      : '';
  return (
    `Targets ${toIso(findings.firstTargetMs).slice(0, 16)}Z to ${toIso(findings.lastTargetMs).slice(0, 16)}Z, ` +
    `${String(result.stepMinutes)} min step, trained until ${result.trainedUntil.slice(0, 16)}Z. Every forecast knows only ` +
    `what was available at its origin. Hours and days are local (${timeZone}).${operator}`
  );
}

function tiles({ result, findings }: ReportData): Markup {
  const shown = result.horizons.filter(({ minutes, n }) => findings.shown.includes(minutes) && n > 0);
  const tile = ({ minutes, mape, skill, coverage80 }: BacktestHorizon): Markup =>
    html`<div class="tile">
      <b>${fixed(mape, 2)} %</b
      ><span
        >MAPE at ${horizonLabel(minutes)}<br />skill ${fixed(skill.ramp24h, 2)} against ramp 24 h<br />${fixed(coverage80, 1)}
        % in the 80 % band</span
      >
    </div>`;
  return html`<div class="tiles">${shown.map(tile)}</div>`;
}

function summaryTable(horizons: readonly BacktestHorizon[], { result }: ReportData): Markup {
  const withOperator = result.operator !== undefined;
  const header = [
    ...['horizon', 'n', 'MAPE, %', 'RMSE', 'bias', 'pinball', 'covered, %'],
    ...['persistence, %', 'ramp 24 h, %', 'ramp 7 d, %', 'skill pers.', 'skill 24 h', 'skill 7 d'],
    ...(withOperator ? ['operator n', 'operator, %', 'MAPE there, %', 'skill operator'] : []),
  ];
  const rows = horizons.map((one) => [
    horizonLabel(one.minutes),
    String(one.n),
    fixed(one.mape, 3),
    fixed(one.rmse, 1),
    fixed(one.bias, 1),
    fixed(one.pinball, 2),
    fixed(one.coverage80, 1),
    fixed(one.baselines.persistence, 3),
    fixed(one.baselines.ramp24h, 3),
    fixed(one.baselines.ramp7d, 3),
    fixed(one.skill.persistence, 3),
    fixed(one.skill.ramp24h, 3),
    fixed(one.skill.ramp7d, 3),
    ...(withOperator
      ? [
          String(one.operator?.n ?? 0),
          fixed(one.operator?.mape, 3),
          fixed(one.operator?.modelMape, 3),
          fixed(one.operator?.skill, 3),
        ]
      : []),
  ]);
  return htmlTable('Every horizon; skill = 1 − MAE / MAE of the baseline on the same rows', header, rows);
}

function figure({ title, caption, alt, header, rows }: Chart, svg: string, wide: boolean): Markup {
  return html`<figure${wide ? html` class="wide"` : ''}>
<h3>${title}</h3>
<div class="plot" role="img" aria-label="${alt}" tabindex="0">${new Markup(svg)}</div>
<figcaption>${caption}</figcaption>
<details><summary>The numbers</summary>${htmlTable(title, header, rows)}</details>
</figure>`;
}
