import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { VisibilityMode } from '@grafana/grafana-foundation-sdk/common';
import { dashboard, modelAnnotation, zoneVariable } from '../dashboard.js';
import { lines, rising, stat, table } from '../panels.js';
import { INFLUX, influx, PROMETHEUS, prom, ZONE } from '../query.js';

const RUNS = `FROM "training_run" WHERE ${ZONE} AND "ended" = true AND $timeFilter`;

/** The lives of the models: which version serves, what was trained and how it ended. */
export function modelsDashboard(): DashboardBuilder {
  return dashboard({
    uid: 'nowcast-models',
    title: 'Models and training',
    about: 'Versions in service, what became of each new one, and how trainings went.',
    from: 'now-30d',
    guide: 'models.md',
  })
    .variables([zoneVariable('several')])
    .annotations([modelAnnotation()])
    .withPanel(sinceTraining())
    .withPanel(outcomes())
    .withPanel(serving())
    .withPanel(versions())
    .withPanel(duration())
    .withPanel(memory())
    .withPanel(trainings());
}

const sinceTraining = () =>
  stat(
    {
      title: 'Since the last training',
      about: 'Time since the last training of each zone ended, whatever came of it.',
      from: PROMETHEUS,
      unit: 's',
      width: 12,
      targets: [
        prom('time() - max by (zone) (nowcast_training_last_finished_timestamp_seconds{zone=~"$zone"})', {
          legend: '{{zone}}',
        }),
      ],
    },
    rising(36 * 3600, 72 * 3600),
  );

const outcomes = () =>
  stat({
    title: 'Trainings in this time, by outcome',
    about: 'Rejected means that the gate kept the model in service.',
    from: PROMETHEUS,
    width: 12,
    targets: [
      prom('sum by (status) (increase(nowcast_training_runs_total[$__range]))', {
        legend: '{{status}}',
        instant: true,
      }),
    ],
  }).decimals(0);

const serving = () =>
  table({
    title: 'Versions in service',
    about: 'The model version that serves each zone now.',
    from: PROMETHEUS,
    height: 6,
    targets: [
      prom('max by (zone, version) (nowcast_model_info{zone=~"$zone"})', { instant: true, table: true }),
    ],
  }).withTransformation({ id: 'organize', options: { excludeByName: { Time: true, Value: true } } });

const versions = () =>
  table({
    title: 'Life of the versions',
    about: 'Every status that a version got, newest first, with the reasons of the gate or of the person.',
    from: INFLUX,
    targets: [
      influx(
        `SELECT "zone", "version", "status", "reason", "algorithm", "rows", "trainedUntil" FROM "model_event" WHERE ${ZONE} AND $timeFilter ORDER BY time DESC LIMIT 200`,
        { table: true },
      ),
    ],
  });

const duration = () =>
  lines({
    title: 'Duration of trainings',
    about: 'From the start of a training to its end, by zone and kind.',
    from: INFLUX,
    unit: 's',
    targets: [
      influx(`SELECT "durationSeconds" ${RUNS} GROUP BY "zone", "kind"`, { alias: '$tag_zone, $tag_kind' }),
    ],
  })
    .showPoints(VisibilityMode.Always)
    .pointSize(6);

const memory = () =>
  lines({
    title: 'Peak memory of trainings',
    about: 'Largest memory of the training process seen during the run.',
    from: INFLUX,
    unit: 'bytes',
    targets: [
      influx(`SELECT "peakRssBytes" ${RUNS} GROUP BY "zone", "kind"`, { alias: '$tag_zone, $tag_kind' }),
    ],
  })
    .showPoints(VisibilityMode.Always)
    .pointSize(6);

const trainings = () =>
  table({
    title: 'Trainings',
    about: 'Newest first.',
    from: INFLUX,
    targets: [
      influx(
        `SELECT "zone", "kind", "status", "durationSeconds", "cpuSeconds", "rows", "version", "error" FROM "training_run" WHERE ${ZONE} AND $timeFilter ORDER BY time DESC LIMIT 200`,
        { table: true },
      ),
    ],
  });
