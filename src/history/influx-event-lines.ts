/**
 * InfluxDB line protocol of what happens beside the series: models, findings about data, alerts and trainings. Dashboards
 * draw them as annotations and tables. As with all points, a record that is written again lands on the same point.
 */
import type { Alert, ModelRecord, QualityEvent, TrainingRun } from '../contracts/records.js';
import { parseIso } from '../contracts/time.js';
import { tag, text } from './influx-lines.js';

/** A status that a model version got: one point a zone, at the time of the change. */
export function modelLines({ version, status, statusAt, statusReason, manifest }: ModelRecord): string {
  const fields = [
    `version=${sentence(version)}`,
    `algorithm=${sentence(manifest.algorithm)}`,
    `reason=${sentence(statusReason)}`,
    `rows=${manifest.rows}i`,
    `trainedUntil=${sentence(manifest.trainedUntil)}`,
  ].join();
  const zones: readonly string[] = manifest.zones;
  return zones
    .map((zone) => `model_event,zone=${tag(zone)},status=${status} ${fields} ${parseIso(statusAt)}\n`)
    .join('');
}

/** A finding, at the interval that it is about. */
export function qualityLine(event: QualityEvent): string {
  const { zone, rule, severity, action, source, validTime, value, message } = event;
  const tags = `zone=${tag(zone)},rule=${tag(rule)},severity=${severity},action=${action},source=${tag(source)}`;
  const judged = value === null ? 'hasValue=f' : `judged=${value},hasValue=t`;
  return `quality_event,${tags} count=1i,${judged},message=${sentence(message)} ${parseIso(validTime)}\n`;
}

/** An alert that was raised or resolved, at that time. An alert of no zone has the tag value `all`. */
export function alertLine({ id, kind, severity, state, zone, at, message }: Alert): string {
  const tags = `zone=${tag(zone ?? 'all')},kind=${kind},id=${tag(id)}`;
  const fields = `state=${text(state)},severity=${text(severity)},raised=${state === 'raised' ? 1 : 0}i`;
  return `alert,${tags} ${fields},message=${sentence(message)} ${parseIso(at)}\n`;
}

/** A training, at its start; a running one is written again with each of its records. */
export function trainingLine(run: TrainingRun): string {
  const { zone, kind, status, startedAt, finishedAt, rows, peakRssBytes, modelVersion, error } = run;
  const finished = finishedAt === null ? null : (parseIso(finishedAt) - parseIso(startedAt)) / 1000;
  const stages = run.stages.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  const cpu = run.resources?.cpuSeconds ?? null;
  const fields = [
    `run=${sentence(run.id)}`,
    `status=${text(status)}`,
    `ended=${finished === null ? 'f' : 't'}`,
    ...(finished === null ? [] : [`durationSeconds=${Math.max(finished, stages)}`]),
    `rows=${rows}i`,
    ...(peakRssBytes === null ? [] : [`peakRssBytes=${peakRssBytes}i`]),
    ...(cpu === null ? [] : [`cpuSeconds=${cpu}`]),
    `version=${sentence(modelVersion ?? '')}`,
    `error=${sentence(error ?? '')}`,
  ].join();
  return `training_run,zone=${tag(zone)},kind=${kind} ${fields} ${parseIso(startedAt)}\n`;
}

/** Words for people, on one line. */
function sentence(value: string): string {
  return text(value.replace(/\s+/g, ' ').trim());
}
