import type { ModelsBody, ModelSummary } from '../../contracts/generated/rest-models.js';
import type { TrainingRun } from '../../contracts/generated/training-run.js';
import { h } from '../dom.js';
import { formatAge, formatDateClock, formatHorizon, formatPercent, timeZoneLabel } from '../format.js';
import { shortVersion } from '../state/reasons.js';
import type { ZoneView } from '../state/zone.js';

const MOST_MODELS = 40;
const MOST_RUNS = 20;
const METRIC_MINUTES = [60, 1440];
const MODEL_LEVELS = {
  promoted: 'good',
  candidate: 'unknown',
  rejected: 'warn',
  retired: 'unknown',
} as const;
const RUN_LEVELS = {
  queued: 'unknown',
  running: 'unknown',
  succeeded: 'good',
  rejected: 'warn',
  failed: 'bad',
  skipped: 'unknown',
} as const;

function headings(...texts: readonly string[]): HTMLElement {
  return h('thead', {}, h('tr', {}, ...texts.map((text) => h('th', { scope: 'col' }, text))));
}

function badge(level: string, text: string): HTMLElement {
  return h('span', { class: 'badge', 'data-level': level }, text);
}

function metricCell(model: ModelSummary, minutes: number): HTMLElement {
  const metric = model.manifest.metrics.find((one) => one.horizonMinutes === minutes);
  if (metric === undefined) return h('td', { class: 'soft' }, '–');
  const baseline = ` / ${formatPercent(metric.baselineMape)}`;
  return h('td', {}, h('b', {}, formatPercent(metric.mape)), h('span', { class: 'soft' }, baseline));
}

function modelRow(model: ModelSummary, serving: boolean, timeZone: string): HTMLElement {
  const { manifest, status, statusAt, statusReason, version } = model;
  const name = h(
    'th',
    { scope: 'row' },
    h('b', {}, shortVersion(version)),
    serving ? badge('good', 'serving') : null,
  );
  name.title = version;
  return h(
    'tr',
    {},
    name,
    h('td', {}, badge(status === 'promoted' && !serving ? 'unknown' : MODEL_LEVELS[status], status)),
    h('td', {}, formatDateClock(Date.parse(statusAt), timeZone)),
    h('td', {}, formatDateClock(Date.parse(manifest.trainedUntil), timeZone)),
    h('td', {}, manifest.rows.toLocaleString('en-US')),
    ...METRIC_MINUTES.map((minutes) => metricCell(model, minutes)),
    h('td', { class: 'words' }, statusReason),
  );
}

/** Every known version of the zone's models, the newest change first, with the gate's verdict in words. */
export function showModelHistory(
  host: HTMLElement,
  view: ZoneView,
  models: ModelsBody | null,
  timeZone: string,
): void {
  const own = models?.models.filter(({ manifest }) => manifest.zones.includes(view.info.zone)) ?? [];
  if (own.length === 0) {
    const text = models === null ? 'Waiting for the server.' : `No model of ${view.info.name} yet.`;
    host.replaceChildren(h('p', { class: 'hint' }, text));
    return;
  }
  const serving = models?.serving[view.info.zone];
  const rows = own.slice(0, MOST_MODELS).map((model) => modelRow(model, model.version === serving, timeZone));
  const metric = METRIC_MINUTES.map((minutes) => `MAPE ${formatHorizon(minutes)} / ramp`);
  host.replaceChildren(
    h(
      'table',
      { class: 'wide' },
      headings('Version', 'Status', 'Since', 'Trained until', 'Rows', ...metric, 'Why'),
      h('tbody', {}, ...rows),
    ),
  );
}

function runRow(run: TrainingRun, timeZone: string): HTMLElement {
  const startedMs = Date.parse(run.startedAt);
  const tookMs = run.stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const slowest = run.stages.reduce<TrainingRun['stages'][number] | null>(
    (a, b) => (a === null || b.durationMs > a.durationMs ? b : a),
    null,
  );
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, formatDateClock(startedMs, timeZone)),
    h('td', {}, run.kind),
    h('td', {}, badge(RUN_LEVELS[run.status], run.status)),
    h('td', {}, run.stages.length === 0 ? '–' : formatAge(tookMs)),
    h('td', {}, slowest === null ? '–' : `${slowest.name} ${formatAge(slowest.durationMs)}`),
    h('td', {}, run.requestedBy ?? '–'),
    h(
      'td',
      { class: 'words' },
      run.error ?? (run.modelVersion === null ? '' : shortVersion(run.modelVersion)),
    ),
  );
}

/** Recent trainings of the zone. */
export function showTrainingRuns(
  host: HTMLElement,
  view: ZoneView,
  runs: readonly TrainingRun[] | null,
  timeZone: string,
  nowMs: number,
): void {
  const own = runs?.filter(({ zone }) => zone === view.info.zone) ?? [];
  if (own.length === 0) {
    const text = runs === null ? 'Waiting for the server.' : `No training of ${view.info.name} so far.`;
    host.replaceChildren(h('p', { class: 'hint' }, text));
    return;
  }
  const started = `Started, ${timeZoneLabel(nowMs, timeZone)}`;
  host.replaceChildren(
    h(
      'table',
      { class: 'wide' },
      headings(started, 'Kind', 'Status', 'Took', 'Longest stage', 'Asked by', 'Outcome'),
      h('tbody', {}, ...own.slice(0, MOST_RUNS).map((run) => runRow(run, timeZone))),
    ),
  );
}
