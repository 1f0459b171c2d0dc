import { writeFile } from 'node:fs/promises';
import { NowcastError } from '../../contracts/errors.js';
import { fileProblem } from '../../contracts/file-problem.js';
import type { ZoneClock } from '../../features/zone-clock.js';
import { reportPage } from './page.js';
import { renderCharts } from './render-charts.js';
import type { ReportData } from './report-data.js';
import { reportSections } from './report-sections.js';

/** The report as one HTML file that needs nothing else. */
export async function renderReport(data: ReportData, clock: ZoneClock): Promise<string> {
  const sections = reportSections(data, clock);
  const drawn = await renderCharts(sections.flatMap(({ charts }) => charts.map(({ chart }) => chart)));
  return reportPage(data, sections, drawn);
}

/** @throws NowcastError STORAGE_FAILED when the file cannot be written */
export async function writeReport(file: string, data: ReportData, clock: ZoneClock): Promise<void> {
  const page = await renderReport(data, clock);
  try {
    await writeFile(file, page);
  } catch (error) {
    throw new NowcastError('STORAGE_FAILED', `cannot write ${file}: ${fileProblem(error)}`, { cause: error });
  }
}
