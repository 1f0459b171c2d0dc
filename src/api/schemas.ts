import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../config/package-root.js';
import { MAX_RANGE_POINTS } from './time-range.js';

/** Bodies of the API by the title of their schema, and the file in schemas/ that defines each. */
const BODY_FILES = {
  Nowcast: 'nowcast',
  TrainingRun: 'training-run',
  Problem: 'rest-problem',
  ZonesBody: 'rest-zones',
  NowcastsBody: 'rest-nowcasts',
  DemandRangeBody: 'rest-demand',
  DemandForecastRangeBody: 'rest-demand-forecasts',
  SupplyRangeBody: 'rest-supply',
  WeatherRangeBody: 'rest-weather',
  HistoryRangeBody: 'rest-history',
  AccuracyBody: 'rest-accuracy',
  ModelsBody: 'rest-models',
  ModelPromotion: 'rest-model-promote',
  ModelRollback: 'rest-model-rollback',
  ModelSwapBody: 'rest-model-swap',
  TrainingRunsBody: 'rest-training-runs',
  TrainingOrder: 'rest-training-order',
  TrainingAcceptedBody: 'rest-training-accepted',
  AlertsBody: 'rest-alerts',
  QualityBody: 'rest-quality',
  ApiKeysBody: 'rest-keys',
  ApiKeyOrder: 'rest-key-order',
  ApiKeyRotation: 'rest-key-rotation',
  ApiKeyCreatedBody: 'rest-key-created',
  ApiKeyRevokedBody: 'rest-key-revoked',
  WebhookOrder: 'rest-webhook-order',
  WebhookBody: 'rest-webhook',
  WebhookCreatedBody: 'rest-webhook-created',
  WebhooksBody: 'rest-webhooks',
  WebhookTestBody: 'rest-webhook-test',
  WebhookDeliveriesBody: 'rest-webhook-deliveries',
  WebhookReplayOrder: 'rest-webhook-replay-order',
  WebhookReplayBody: 'rest-webhook-replay',
  HealthBody: 'rest-health',
  ReadyBody: 'rest-ready',
  StatusBody: 'rest-status',
} as const;
export type BodyName = keyof typeof BODY_FILES;

/** Makes every body known to the routes and to the OpenAPI document under its title. */
export function addBodySchemas(fastify: FastifyInstance): void {
  for (const [title, name] of Object.entries(BODY_FILES)) {
    const file = path.join(packageRoot(), 'schemas', `${name}.json`);
    const { $schema: _draft, ...schema } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    fastify.addSchema({ ...schema, $id: title, title });
  }
}

const PROBLEM = {
  description: 'Problem',
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
};
/** What a route answers when it cannot do what it was asked. */
export const PROBLEMS = { '4xx': PROBLEM, '5xx': PROBLEM };

const NOT_MODIFIED = { description: 'As the caller has it (If-None-Match)', type: 'null' };

/** Response schemas of a route: the body, and a problem for anything else. */
export function answers(body: BodyName, description: string, status = 200): Record<string, unknown> {
  const unchanged = status === 200 ? { 304: NOT_MODIFIED } : {};
  return { [status]: { description, $ref: `${body}#` }, ...unchanged, ...PROBLEMS };
}

export const ZONE_PARAMS = {
  type: 'object',
  required: ['zone'],
  properties: {
    zone: { type: 'string', description: 'Zone, percent-encoded.', minLength: 1, maxLength: 64 },
  },
} as const;

export const timeSchema = (description: string): Record<string, unknown> => ({
  type: 'string',
  description: `${description} ISO 8601 with an offset or Z, for example 2024-07-01T00:00:00Z.`,
  maxLength: 64,
});

export const AT_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: { at: timeSchema('Latest origin at or before this time; absent means the newest nowcast.') },
} as const;

export const RANGE_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    from: timeSchema('Start, inclusive. Default: 24 h before the end.'),
    to: timeSchema('End, exclusive. Default: the end of the newest data known.'),
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: MAX_RANGE_POINTS,
      description:
        'Steps of one answer, from the start on; `next` is the address of the following page. Default: the whole range.',
    },
  },
} as const;

/** Zone steps of one answer about supply: each has a dozen values a series. */
export const MAX_SUPPLY_STEPS = 10_000;

export const SUPPLY_QUERY = {
  ...RANGE_QUERY,
  properties: {
    ...RANGE_QUERY.properties,
    limit: { ...RANGE_QUERY.properties.limit, maximum: MAX_SUPPLY_STEPS },
    kind: {
      type: 'string',
      enum: ['observed', 'forecast'],
      default: 'observed',
      description: 'What was measured, or what the operator forecast.',
    },
  },
} as const;

export const HISTORY_QUERY = {
  ...RANGE_QUERY,
  properties: {
    ...RANGE_QUERY.properties,
    horizonMinutes: {
      type: 'integer',
      minimum: 1,
      description: 'Horizon of the nowcasts. Default: the first of at least 60 minutes.',
    },
  },
} as const;

export const ZONE_FILTER = {
  type: 'string',
  description: 'Only this zone.',
  minLength: 1,
  maxLength: 64,
} as const;

export const ZONE_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: { zone: ZONE_FILTER },
} as const;

export const NO_QUERY = { type: 'object', additionalProperties: false, properties: {} } as const;
