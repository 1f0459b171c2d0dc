import type { FastifyInstance } from 'fastify';
import type { ModelPromotion } from '../../contracts/generated/rest-model-promote.js';
import type { ModelRollback } from '../../contracts/generated/rest-model-rollback.js';
import type { ModelSwapBody } from '../../contracts/generated/rest-model-swap.js';
import type { ModelSwap } from '../../model/registry.js';
import { requireActor } from '../auth/gate.js';
import { bodyOptional } from '../json-bodies.js';
import type { RouteContext } from '../route-context.js';
import { answers, NO_QUERY } from '../schemas.js';

const VERSION_PARAMS = {
  type: 'object',
  required: ['version'],
  properties: { version: { type: 'string', description: 'Model version.', minLength: 1, maxLength: 128 } },
} as const;

/** Changes of which model serves; each is audited, also by the registry itself. */
export function modelChangeRoutes(fastify: FastifyInstance, { deps }: RouteContext): void {
  const tags = ['models'];
  const { registry } = deps;

  const promoteSummary = 'Make a model version serve its zones';
  fastify.post<{ Params: { version: string }; Body: ModelPromotion }>(
    '/v1/models/:version/promote',
    {
      config: {
        access: 'operate',
        audit: {
          action: 'models.promote',
          begun: 'handler',
          target: ({ params }) => (params as { version: string }).version,
        },
      },
      preValidation: bodyOptional,
      schema: {
        summary: promoteSummary,
        tags,
        params: VERSION_PARAMS,
        querystring: NO_QUERY,
        body: { $ref: 'ModelPromotion#' },
        response: answers('ModelSwapBody', promoteSummary),
      },
    },
    async (call): Promise<ModelSwapBody> => {
      const { params, body } = call;
      const swap = await registry.promote(params.version, requireActor(call), {
        ...(body.zone === undefined ? {} : { only: body.zone }),
        ...(body.reason === undefined ? {} : { reason: body.reason }),
      });
      return bodyOf(swap);
    },
  );

  const rollbackSummary = 'Restore the version that served a zone before, or the one named';
  fastify.post<{ Body: ModelRollback }>(
    '/v1/models/rollback',
    {
      config: { access: 'operate', audit: { action: 'models.rollback', begun: 'handler' } },
      schema: {
        summary: rollbackSummary,
        tags,
        querystring: NO_QUERY,
        body: { $ref: 'ModelRollback#' },
        response: answers('ModelSwapBody', rollbackSummary),
      },
    },
    async (call): Promise<ModelSwapBody> => {
      const { body } = call;
      const swap = await registry.rollback(body.zone, requireActor(call), {
        ...(body.toVersion === undefined ? {} : { to: body.toVersion }),
        ...(body.reason === undefined ? {} : { reason: body.reason }),
      });
      return bodyOf(swap);
    },
  );
}

function bodyOf(swap: ModelSwap): ModelSwapBody {
  return { ...swap, zones: [...swap.zones], replaced: { ...swap.replaced } };
}
