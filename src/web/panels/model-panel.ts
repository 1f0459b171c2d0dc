import type { ModelsBody, ModelSummary } from '../../contracts/generated/rest-models.js';
import { h } from '../dom.js';
import { formatDateClock, formatHorizon, formatPercent, timeZoneLabel } from '../format.js';
import { modelName, shortVersion } from '../state/reasons.js';
import type { ZoneView } from '../state/zone.js';
import { factList } from './facts.js';

const METRIC_MINUTES = [60, 360, 1440];

function metricsTable(model: ModelSummary): HTMLElement | null {
  const metrics = model.manifest.metrics.filter((metric) => METRIC_MINUTES.includes(metric.horizonMinutes));
  if (metrics.length === 0) return null;
  const rows = metrics.map((metric) =>
    h(
      'tr',
      { title: `${metric.n} held-out rows` },
      h('th', { scope: 'row' }, formatHorizon(metric.horizonMinutes)),
      h('td', {}, h('b', {}, formatPercent(metric.mape))),
      h('td', { class: 'soft' }, formatPercent(metric.baselineMape)),
    ),
  );
  const head = h(
    'tr',
    {},
    h('th', { scope: 'col' }, 'Held-out'),
    h('th', { scope: 'col', title: 'MAPE on the block after the training rows' }, 'MAPE'),
    h('th', { scope: 'col', title: 'MAPE of the ramp baseline on the same rows' }, 'Baseline'),
  );
  return h('table', {}, h('thead', {}, head), h('tbody', {}, ...rows));
}

/** Which model makes the zone's nowcasts, what it was trained on, and how it did on data it had not seen. */
export function showModel(
  host: HTMLElement,
  view: ZoneView | null,
  models: ModelsBody | null,
  timeZone: string,
): void {
  const version =
    view?.nowcast?.modelVersion ?? (view === null ? undefined : models?.serving[view.info.zone]);
  if (view === null || version === undefined) {
    host.replaceChildren(
      h('p', { class: 'hint' }, 'No model yet. The first one is trained from the demand history.'),
    );
    return;
  }
  const model = models?.models.find((candidate) => candidate.version === version);
  if (model === undefined) {
    const serving = models?.serving[view.info.zone];
    const loaded: [string, string][] = serving === undefined ? [] : [['Promoted model', serving]];
    host.replaceChildren(factList([['Nowcasts by', modelName(version)], ...loaded]));
    return;
  }
  const untilMs = Date.parse(model.manifest.trainedUntil);
  const until = `${formatDateClock(untilMs, timeZone)} ${timeZoneLabel(untilMs, timeZone)}`;
  const facts = factList([
    ['Version', h('b', { title: version }, shortVersion(version))],
    ['Full name', h('span', { class: 'mono' }, version)],
    ['Method', model.manifest.algorithm],
    ['Trained until', until],
    ['Rows', model.manifest.rows.toLocaleString('en-US')],
    ['Status', model.status],
  ]);
  const newer = models?.models.find(
    (candidate) =>
      candidate.status === 'rejected' &&
      candidate.manifest.zones.includes(view.info.zone) &&
      candidate.statusAt > model.statusAt,
  );
  const refused =
    newer === undefined
      ? null
      : h('p', { class: 'hint' }, `A newer model was rejected: ${newer.statusReason}`);
  host.replaceChildren(...[facts, metricsTable(model), refused].filter((node) => node !== null));
}
