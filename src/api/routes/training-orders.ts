import type { FastifyInstance } from 'fastify';
import type { TrainingAcceptedBody } from '../../contracts/generated/rest-training-accepted.js';
import type { TrainingOrder } from '../../contracts/generated/rest-training-order.js';
import { newRequest, publishRequests } from '../../train/requests.js';
import { requireAdmin } from '../admin-auth.js';
import type { RouteContext } from '../route-context.js';
import { answers, NO_QUERY } from '../schemas.js';

const ACTION = 'training.request';

/** Trainings on demand: asked for here, done by whichever trainer there is. Needs the admin key and is audited. */
export function trainingOrderRoutes(fastify: FastifyInstance, { deps, zones, nowMs }: RouteContext): void {
  const summary = 'Ask for a training now; GET /v1/training-runs shows what comes of it';
  fastify.post<{ Body: TrainingOrder | null | undefined }>(
    '/v1/training-runs',
    {
      // Before the body is looked at: who may not ask for anything learns nothing of it either.
      onRequest: async (request) => {
        await requireAdmin(request, deps, ACTION, 'unknown');
      },
      preValidation: (request, _reply, done) => {
        // Everything in it is optional, so there need not be a body.
        request.body ??= {};
        done();
      },
      schema: {
        summary,
        tags: ['models'],
        security: [{ adminKey: [] }],
        querystring: NO_QUERY,
        body: { $ref: 'TrainingOrder#' },
        response: answers('TrainingAcceptedBody', summary, 202),
      },
    },
    async ({ body, ip }, reply): Promise<TrainingAcceptedBody> => {
      const { zones: asked = [], kind = 'demand' } = body ?? {};
      const wanted = [...new Set(asked)];
      for (const zone of wanted) zones.require(zone);
      const atMs = nowMs();
      const request = newRequest(kind, wanted, 'api', atMs);
      await publishRequests(deps, [request], atMs);
      const target = wanted.length === 0 ? 'ALL' : wanted.join(',');
      await deps.audit.write({ name: 'api', details: { address: ip } }, ACTION, target, 'ok', {
        request: request.id,
        kind,
      });
      void reply.code(202);
      return { requestId: request.id, zones: request.zones, kind, requestedAt: request.requestedAt };
    },
  );
}
