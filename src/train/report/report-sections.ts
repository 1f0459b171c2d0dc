import type { ZoneClock } from '../../features/zone-clock.js';
import { hourChart, seasonChart } from './breakdown-charts.js';
import { pitChart, reliabilityChart } from './calibration-charts.js';
import { dailyChart, dayChart, residualChart } from './day-charts.js';
import { coverageChart, errorChart, skillChart } from './horizon-charts.js';
import { featureImportanceChart, groupImportanceChart } from './importance-charts.js';
import type { Section } from './page.js';
import type { ReportData } from './report-data.js';

/** What the report shows, in its order. Charts without a row to show are left out. */
export function reportSections({ result, findings }: ReportData, clock: ZoneClock): Section[] {
  const scored = result.horizons.filter(({ n }) => n > 0);
  const shown = scored.filter(({ minutes }) => findings.shown.includes(minutes));
  const minutes = shown.map((one) => one.minutes);
  const hasBand = scored.some(({ calibration }) => calibration.n > 0);
  const toLocal = (epochMs: number): number => epochMs + clock.offsets.at(epochMs);
  const { importance } = findings;
  return [
    { title: 'Accuracy', charts: [{ chart: errorChart(scored) }, { chart: skillChart(scored) }] },
    ...(hasBand
      ? [
          {
            title: 'Calibration',
            charts: [
              { chart: coverageChart(scored.filter(({ calibration }) => calibration.n > 0)) },
              { chart: reliabilityChart(shown) },
              { chart: pitChart(shown), wide: true },
            ],
          },
        ]
      : []),
    {
      title: 'When it errs',
      charts: [
        { chart: hourChart(findings.hours, minutes), wide: true },
        { chart: seasonChart(shown) },
        { chart: residualChart(findings.residuals) },
        { chart: dailyChart(findings.days, findings.shown), wide: true },
      ],
    },
    ...(findings.worst.length === 0
      ? []
      : [
          {
            title: 'The worst days',
            intro:
              'By the mean absolute percentage error over the horizons drawn; days with less than half of their rows are left out.',
            charts: findings.worst.map((day) => ({ chart: dayChart(day, toLocal) })),
          },
        ]),
    ...(importance === null
      ? []
      : [
          {
            title: 'Feature importance',
            charts: [
              { chart: groupImportanceChart(importance) },
              { chart: featureImportanceChart(importance) },
            ],
          },
        ]),
  ];
}
