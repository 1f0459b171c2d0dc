import type { Accuracy, Nowcast } from '../contracts/records.js';
import { double, integer, string, timestamp, type Row } from './columns.js';
import { accuracyRow, HISTORY_COLUMNS } from './history-tables.js';
import { isAskedHorizon, type ExportRequest, type LogExportKind } from './kinds.js';
import { instant, one, PROVENANCE, provenance, type LogKind } from './log-rows.js';
import { supply, supplyForecasts } from './log-supply-kinds.js';

const VARIABLES = [
  ['temperature_c', 'temperatureC'],
  ['humidity_pct', 'humidityPct'],
  ['wind_ms', 'windMs'],
  ['cloud_pct', 'cloudPct'],
  ['shortwave_wm2', 'shortwaveWm2'],
] as const;
const VARIABLE_COLUMNS = VARIABLES.map(([name]) => double(name));

const demand: LogKind<'demand.observed'> = {
  topic: 'demand.observed',
  columns: [string('zone'), timestamp('time'), double('mw'), integer('step_minutes'), ...PROVENANCE],
  byEventTime: true,
  rows: (record, asked) =>
    one(record.validTime, asked, (timeMs) => [
      record.zone,
      timeMs,
      record.demandMw,
      record.stepMinutes,
      ...provenance(record),
    ]),
};

const demandForecasts: LogKind<'demand.forecast'> = {
  topic: 'demand.forecast',
  columns: [
    string('zone'),
    timestamp('time'),
    double('mw'),
    integer('step_minutes'),
    string('product'),
    timestamp('issued_at'),
    ...PROVENANCE,
  ],
  byEventTime: false,
  rows: (record, asked) =>
    one(record.validTime, asked, (timeMs) => [
      record.zone,
      timeMs,
      record.demandMw,
      record.stepMinutes,
      record.product,
      instant(record.issuedAt),
      ...provenance(record),
    ]),
};

const weather: LogKind<'weather.observed'> = {
  topic: 'weather.observed',
  columns: [string('zone'), timestamp('time'), ...VARIABLE_COLUMNS, ...PROVENANCE],
  byEventTime: true,
  rows: (record, asked) =>
    one(record.validTime, asked, (timeMs) => [
      record.zone,
      timeMs,
      ...VARIABLES.map(([, field]) => record[field] ?? null),
      ...provenance(record),
    ]),
};

const weatherForecasts: LogKind<'weather.forecast'> = {
  topic: 'weather.forecast',
  columns: [string('zone'), timestamp('time'), ...VARIABLE_COLUMNS, timestamp('issued_at'), ...PROVENANCE],
  byEventTime: false,
  rows: (record, asked) =>
    record.points.flatMap((point) =>
      one(point.validTime, asked, (timeMs) => [
        record.zone,
        timeMs,
        ...VARIABLES.map(([, field]) => point[field] ?? null),
        instant(record.issuedAt),
        ...provenance(record),
      ]),
    ),
};

const nowcasts: LogKind<'nowcasts'> = {
  topic: 'nowcasts',
  columns: [
    string('zone'),
    timestamp('origin'),
    timestamp('issued_at'),
    timestamp('target'),
    integer('horizon_minutes'),
    double('mw'),
    double('p10'),
    double('p90'),
    string('model_version'),
    integer('revision'),
    string('quality'),
    string('reasons'),
  ],
  byEventTime: false,
  rows: nowcastRows,
};

function nowcastRows(nowcast: Nowcast, asked: ExportRequest): Row[] {
  const origin = Date.parse(nowcast.origin);
  const issuedAt = Date.parse(nowcast.issuedAt);
  const reasons = nowcast.reasons.join(' ');
  const { zone, modelVersion, revision, quality } = nowcast;
  return nowcast.steps.flatMap(({ target, horizonMinutes, mw, p10, p90 }) => {
    if (!isAskedHorizon(horizonMinutes, asked.horizonMinutes)) return [];
    return one(target, asked, (targetMs) => [
      zone,
      origin,
      issuedAt,
      targetMs,
      horizonMinutes,
      mw,
      p10,
      p90,
      modelVersion,
      revision,
      quality,
      reasons,
    ]);
  });
}

const accuracy: LogKind<'accuracy'> = {
  topic: 'accuracy',
  columns: HISTORY_COLUMNS.accuracy,
  byEventTime: false,
  rows: (score: Accuracy, asked) =>
    isAskedHorizon(score.horizonMinutes, asked.horizonMinutes)
      ? one(score.at, asked, () => accuracyRow(score))
      : [],
};

const qualityEvents: LogKind<'quality.events'> = {
  topic: 'quality.events',
  columns: [
    string('zone'),
    timestamp('time'),
    string('rule'),
    string('severity'),
    string('action'),
    timestamp('detected_at'),
    string('source'),
    double('value'),
    string('message'),
  ],
  byEventTime: false,
  rows: (event, asked) =>
    one(event.validTime, asked, (timeMs) => [
      event.zone,
      timeMs,
      event.rule,
      event.severity,
      event.action,
      Date.parse(event.detectedAt),
      event.source,
      event.value,
      event.message,
    ]),
};

const alerts: LogKind<'alerts'> = {
  topic: 'alerts',
  columns: [
    string('zone'),
    timestamp('time'),
    string('id'),
    string('kind'),
    string('severity'),
    string('state'),
    double('value'),
    double('threshold'),
    string('message'),
  ],
  byEventTime: false,
  rows: (alert, asked) =>
    one(alert.at, asked, (timeMs) => [
      alert.zone,
      timeMs,
      alert.id,
      alert.kind,
      alert.severity,
      alert.state,
      alert.value,
      alert.threshold,
      alert.message,
    ]),
};

const trainingRuns: LogKind<'training.runs'> = {
  topic: 'training.runs',
  columns: [
    string('zone'),
    timestamp('started_at'),
    timestamp('finished_at'),
    string('id'),
    string('kind'),
    string('status'),
    integer('rows'),
    double('peak_rss_bytes'),
    string('model_version'),
    string('error'),
  ],
  byEventTime: false,
  rows: (run, asked) =>
    one(run.startedAt, asked, (startedMs) => [
      run.zone,
      startedMs,
      instant(run.finishedAt),
      run.id,
      run.kind,
      run.status,
      run.rows,
      run.peakRssBytes,
      run.modelVersion,
      run.error,
    ]),
};

export const LOG_KINDS = {
  demand,
  'demand-forecasts': demandForecasts,
  supply,
  'supply-forecasts': supplyForecasts,
  weather,
  'weather-forecasts': weatherForecasts,
  nowcasts,
  accuracy,
  'quality-events': qualityEvents,
  alerts,
  'training-runs': trainingRuns,
} as const satisfies Record<LogExportKind, unknown>;
