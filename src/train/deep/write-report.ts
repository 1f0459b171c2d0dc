import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ModelManifest, TrainingRun } from '../../contracts/records.js';
import type { DeepReport } from './deep-report.js';
import { deepReportHtml } from './report-html.js';

const FOLDER = 'reports';

/**
 * Writes the report of a deep training as JSON and as one HTML file that needs nothing else.
 * @returns the HTML file, relative to the data directory
 */
export function writeDeepReport(
  dataDir: string,
  run: TrainingRun,
  report: DeepReport,
  manifest: ModelManifest,
): string {
  const folder = path.join(dataDir, FOLDER);
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const facts = {
    run: run.id,
    startedAt: run.startedAt,
    version: manifest.version,
    metrics: manifest.metrics,
    gate: manifest.gate,
    ...report,
  };
  writeFileSync(path.join(folder, `${run.id}.json`), `${JSON.stringify(facts, null, 2)}\n`);
  writeFileSync(path.join(folder, `${run.id}.html`), deepReportHtml(run, report, manifest));
  return `${FOLDER}/${run.id}.html`;
}
