import type { FastifyInstance } from 'fastify';
import { NowcastError } from '../../contracts/errors.js';
import type { AccuracyBody } from '../../contracts/generated/rest-accuracy.js';
import type { AlertsBody } from '../../contracts/generated/rest-alerts.js';
import type { ModelsBody } from '../../contracts/generated/rest-models.js';
import type { TrainingRunsBody } from '../../contracts/generated/rest-training-runs.js';
import type { Accuracy, TrainingRun } from '../../contracts/records.js';
import { READ } from '../auth/route-access.js';
import type { RouteContext } from '../route-context.js';
import { answers, NO_QUERY } from '../schemas.js';

const WINDOWS = ['1h', '24h', '7d'] as const;

const ACCURACY_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    zone: { type: 'string', description: 'Only this zone.', minLength: 1, maxLength: 64 },
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
  },
} as const;

const RUN_PARAMS = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', description: 'Training run.', minLength: 1, maxLength: 200 } },
} as const;

/** Models, how they were trained, and how well they do. */
export function modelRoutes(fastify: FastifyInstance, { zones, deps }: RouteContext): void {
  const { state } = deps.liveView;
  const tags = ['models'];

  const accuracySummary = 'Latest measured accuracy by zone, horizon and window';
  fastify.get<{ Querystring: { zone?: string; window?: Accuracy['window'] } }>(
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
      const { zone, window } = request.query;
      if (zone !== undefined) zones.require(zone);
      const wanted = [...state.accuracy()].filter(
        (one) => (zone === undefined || one.zone === zone) && (window === undefined || one.window === window),
      );
      return { accuracy: wanted.sort(byZoneWindowHorizon) };
    },
  );

  const modelsSummary = 'Known model versions, and which of them serves which zone';
  fastify.get(
    '/v1/models',
    {
      config: READ,
      schema: {
        summary: modelsSummary,
        tags,
        querystring: NO_QUERY,
        response: answers('ModelsBody', modelsSummary),
      },
    },
    (): ModelsBody => ({
      serving: Object.fromEntries([...state.serving()].map(([zone, model]) => [zone, model.version])),
      models: [...state.models.values()].sort((a, b) => Date.parse(b.statusAt) - Date.parse(a.statusAt)),
    }),
  );

  const runsSummary = 'Recent training runs';
  fastify.get(
    '/v1/training-runs',
    {
      config: READ,
      schema: {
        summary: runsSummary,
        tags,
        querystring: NO_QUERY,
        response: answers('TrainingRunsBody', runsSummary),
      },
    },
    (): TrainingRunsBody => ({
      trainingRuns: [...state.trainingRuns.values()].sort(
        (a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt),
      ),
    }),
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
  fastify.get<{ Querystring: { state: 'raised' | 'resolved' | 'all' } }>(
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
    (request): AlertsBody => {
      const raised = request.query.state === 'resolved' ? [] : [...state.alertsRaised()];
      const resolved = request.query.state === 'raised' ? [] : state.alertsResolved();
      return { alerts: [...raised, ...resolved].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)) };
    },
  );
}

function byZoneWindowHorizon(a: Accuracy, b: Accuracy): number {
  if (a.zone !== b.zone) return a.zone < b.zone ? -1 : 1;
  if (a.window !== b.window) return WINDOWS.indexOf(a.window) - WINDOWS.indexOf(b.window);
  return a.horizonMinutes - b.horizonMinutes;
}
