import type { FastifyInstance } from 'fastify';
import type { ModelPromotion } from '../../contracts/generated/rest-model-promote.js';
import type { ModelRollback } from '../../contracts/generated/rest-model-rollback.js';
import type { ModelSwapBody } from '../../contracts/generated/rest-model-swap.js';
import type { ModelSwap } from '../../model/registry.js';
import { requireAdmin } from '../admin-auth.js';
import type { RouteContext } from '../route-context.js';
import { answers, NO_QUERY } from '../schemas.js';

const VERSION_PARAMS = {
  type: 'object',
  required: ['version'],
  properties: { version: { type: 'string', description: 'Model version.', minLength: 1, maxLength: 128 } },
} as const;

const ADMIN = [{ adminKey: [] }];

/** Changes of which model serves; each needs the admin key and is audited. */
export function modelChangeRoutes(fastify: FastifyInstance, { deps }: RouteContext): void {
  const tags = ['models'];
  const { registry } = deps;

  const promoteSummary = 'Make a model version serve its zones';
  fastify.post<{ Params: { version: string }; Body: ModelPromotion | null | undefined }>(
    '/v1/models/:version/promote',
    {
      // Before the body is looked at: who may not change anything learns nothing of it either.
      onRequest: async (request) => {
        await requireAdmin(request, deps, 'models.promote', request.params.version);
      },
      preValidation: (request, _reply, done) => {
        // Everything in it is optional, so there need not be a body.
        request.body ??= {};
        done();
      },
      schema: {
        summary: promoteSummary,
        tags,
        security: ADMIN,
        params: VERSION_PARAMS,
        querystring: NO_QUERY,
        body: { $ref: 'ModelPromotion#' },
        response: answers('ModelSwapBody', promoteSummary),
      },
    },
    async ({ params, body, ip }): Promise<ModelSwapBody> => {
      const swap = await registry.promote(params.version, actorAt(ip), {
        ...(body?.zone === undefined ? {} : { only: body.zone }),
        ...(body?.reason === undefined ? {} : { reason: body.reason }),
      });
      return bodyOf(swap);
    },
  );

  const rollbackSummary = 'Restore the version that served a zone before, or the one named';
  fastify.post<{ Body: ModelRollback }>(
    '/v1/models/rollback',
    {
      onRequest: async (request) => {
        await requireAdmin(request, deps, 'models.rollback', 'unknown');
      },
      schema: {
        summary: rollbackSummary,
        tags,
        security: ADMIN,
        querystring: NO_QUERY,
        body: { $ref: 'ModelRollback#' },
        response: answers('ModelSwapBody', rollbackSummary),
      },
    },
    async ({ body, ip }): Promise<ModelSwapBody> => {
      const swap = await registry.rollback(body.zone, actorAt(ip), {
        ...(body.toVersion === undefined ? {} : { to: body.toVersion }),
        ...(body.reason === undefined ? {} : { reason: body.reason }),
      });
      return bodyOf(swap);
    },
  );
}

function actorAt(address: string): { name: string; details: { address: string } } {
  return { name: 'api', details: { address } };
}

function bodyOf(swap: ModelSwap): ModelSwapBody {
  return { ...swap, zones: [...swap.zones], replaced: { ...swap.replaced } };
}
