import type { FastifyInstance } from 'fastify';
import { NowcastError } from '../../contracts/errors.js';
import type { AccuracyBody } from '../../contracts/generated/rest-accuracy.js';
import type { AlertsBody } from '../../contracts/generated/rest-alerts.js';
import type { ModelsBody } from '../../contracts/generated/rest-models.js';
import type { TrainingRunsBody } from '../../contracts/generated/rest-training-runs.js';
import type { Accuracy, Alert, ModelRecord, TrainingRun } from '../../contracts/records.js';
import { READ } from '../auth/route-access.js';
import type { RouteContext } from '../route-context.js';
import { linkNext, PAGE_PROPERTIES, pageOf, type PageQuery } from '../paging.js';
import { answers, NO_QUERY, ZONE_FILTER } from '../schemas.js';
import { ALERT_KINDS, MODEL_STATUSES, RUN_KINDS, RUN_STATUSES, SEVERITIES } from '../record-enums.js';

const WINDOWS = ['1h', '24h', '7d'] as const;

const ACCURACY_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    zone: ZONE_FILTER,
    horizonMinutes: { type: 'integer', minimum: 1, maximum: 100_000, description: 'Only this horizon.' },
    window: { type: 'string', enum: WINDOWS, description: 'Only this window.' },
  },
} as const;

const ALERTS_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    state: {
      type: 'string',
      enum: ['raised', 'resolved', 'all'],
      default: 'raised',
      description: 'Which alerts; resolved ones are kept for a while.',
    },
    zone: ZONE_FILTER,
    kind: { type: 'string', enum: ALERT_KINDS, description: 'Only this kind.' },
    severity: { type: 'string', enum: SEVERITIES, description: 'Only this severity.' },
    ...PAGE_PROPERTIES,
  },
} as const;

const MODELS_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    zone: ZONE_FILTER,
    status: { type: 'string', enum: MODEL_STATUSES, description: 'Only this status.' },
    ...PAGE_PROPERTIES,
  },
} as const;

const RUNS_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    zone: ZONE_FILTER,
    kind: { type: 'string', enum: RUN_KINDS, description: 'Only this kind.' },
    status: { type: 'string', enum: RUN_STATUSES, description: 'Only this status.' },
    ...PAGE_PROPERTIES,
  },
} as const;

const RUN_PARAMS = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', description: 'Training run.', minLength: 1, maxLength: 200 } },
} as const;

type ListedModel = ModelsBody['models'][number];

interface RunsQuery extends PageQuery {
  readonly zone?: string;
  readonly kind?: TrainingRun['kind'];
  readonly status?: TrainingRun['status'];
}

interface AlertsQuery extends PageQuery {
  readonly state: Alert['state'] | 'all';
  readonly zone?: string;
  readonly kind?: Alert['kind'];
  readonly severity?: Alert['severity'];
}

/** Models, how they were trained, and how well they do. */
export function modelRoutes(fastify: FastifyInstance, { zones, deps }: RouteContext): void {
  const { state } = deps.liveView;
  const tags = ['models'];

  const accuracySummary = 'Latest measured accuracy by zone, horizon and window';
  fastify.get<{ Querystring: { zone?: string; window?: Accuracy['window']; horizonMinutes?: number } }>(
    '/v1/accuracy',
    {
      config: READ,
      schema: {
        summary: accuracySummary,
        tags,
        querystring: ACCURACY_QUERY,
        response: answers('AccuracyBody', accuracySummary),
      },
    },
    (request): AccuracyBody => {
      const { zone, window, horizonMinutes } = request.query;
      if (zone !== undefined) zones.require(zone);
      const wanted = [...state.accuracy()].filter(
        (one) => is(zone, one.zone) && is(window, one.window) && is(horizonMinutes, one.horizonMinutes),
      );
      return { accuracy: wanted.sort(byZoneWindowHorizon) };
    },
  );

  const modelsSummary = 'Known model versions, and which of them serves which zone';
  fastify.get<{ Querystring: PageQuery & { zone?: string; status?: ModelRecord['status'] } }>(
    '/v1/models',
    {
      config: READ,
      schema: {
        summary: modelsSummary,
        tags,
        querystring: MODELS_QUERY,
        response: answers('ModelsBody', modelsSummary),
      },
    },
    (request, reply): ModelsBody => {
      const { zone, status } = request.query;
      if (zone !== undefined) zones.require(zone);
      const wanted = [...state.models.values()].filter(
        (one) => (zone === undefined || one.manifest.zones.includes(zone)) && is(status, one.status),
      );
      const keyOf = ({ statusAt, version }: ListedModel) => ({ timeMs: Date.parse(statusAt), id: version });
      const { items, cursor } = pageOf(wanted, keyOf, request.query);
      return {
        serving: Object.fromEntries([...state.serving()].map(([served, model]) => [served, model.version])),
        models: [...items],
        ...linkNext(request, reply, cursor === null ? null : { cursor }),
      };
    },
  );

  const runsSummary = 'Recent training runs';
  fastify.get<{ Querystring: RunsQuery }>(
    '/v1/training-runs',
    {
      config: READ,
      schema: {
        summary: runsSummary,
        tags,
        querystring: RUNS_QUERY,
        response: answers('TrainingRunsBody', runsSummary),
      },
    },
    (request, reply): TrainingRunsBody => {
      const { zone, kind, status } = request.query;
      if (zone !== undefined) zones.require(zone);
      const wanted = [...state.trainingRuns.values()].filter(
        (run) => is(zone, run.zone) && is(kind, run.kind) && is(status, run.status),
      );
      const keyOf = ({ startedAt, id }: TrainingRun) => ({ timeMs: Date.parse(startedAt), id });
      const { items, cursor } = pageOf(wanted, keyOf, request.query);
      return { trainingRuns: [...items], ...linkNext(request, reply, cursor === null ? null : { cursor }) };
    },
  );

  const runSummary = 'One training run';
  fastify.get<{ Params: { id: string } }>(
    '/v1/training-runs/:id',
    {
      config: READ,
      schema: {
        summary: runSummary,
        tags,
        params: RUN_PARAMS,
        querystring: NO_QUERY,
        response: answers('TrainingRun', runSummary),
      },
    },
    (request): TrainingRun => {
      const run = state.trainingRuns.get(request.params.id);
      if (run !== undefined) return run;
      const id = JSON.stringify(request.params.id);
      throw new NowcastError('NOT_FOUND', `there is no training run ${id}; GET /v1/training-runs lists them`);
    },
  );

  const alertsSummary = 'Alerts, raised ones by default';
  fastify.get<{ Querystring: AlertsQuery }>(
    '/v1/alerts',
    {
      config: READ,
      schema: {
        summary: alertsSummary,
        tags: ['status'],
        querystring: ALERTS_QUERY,
        response: answers('AlertsBody', alertsSummary),
      },
    },
    (request, reply): AlertsBody => {
      const { zone, kind, severity } = request.query;
      if (zone !== undefined) zones.require(zone);
      const raised = request.query.state === 'resolved' ? [] : [...state.alertsRaised()];
      const resolved = request.query.state === 'raised' ? [] : state.alertsResolved();
      const wanted = [...raised, ...resolved].filter(
        (alert) => is(zone, alert.zone) && is(kind, alert.kind) && is(severity, alert.severity),
      );
      const keyOf = (alert: Alert) => ({ timeMs: Date.parse(alert.at), id: `${alert.id} ${alert.state}` });
      const { items, cursor } = pageOf(wanted, keyOf, request.query);
      return { alerts: [...items], ...linkNext(request, reply, cursor === null ? null : { cursor }) };
    },
  );
}

/** Whether a value is the one asked for, if one was. */
function is<T>(asked: T | undefined, value: T): boolean {
  return asked === undefined || asked === value;
}

function byZoneWindowHorizon(a: Accuracy, b: Accuracy): number {
  if (a.zone !== b.zone) return a.zone < b.zone ? -1 : 1;
  if (a.window !== b.window) return WINDOWS.indexOf(a.window) - WINDOWS.indexOf(b.window);
  return a.horizonMinutes - b.horizonMinutes;
}
