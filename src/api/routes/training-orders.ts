import type { FastifyInstance } from 'fastify';
import type { TrainingAcceptedBody } from '../../contracts/generated/rest-training-accepted.js';
import type { TrainingOrder } from '../../contracts/generated/rest-training-order.js';
import { newRequest, publishRequests } from '../../train/requests.js';
import { requireActor } from '../auth/gate.js';
import { bodyOptional } from '../json-bodies.js';
import type { RouteContext } from '../route-context.js';
import { answers, NO_QUERY } from '../schemas.js';

const ACTION = 'training.request';

/** Trainings on demand: asked for here, done by whichever trainer there is. Audited. */
export function trainingOrderRoutes(fastify: FastifyInstance, { deps, zones, nowMs }: RouteContext): void {
  const summary = 'Ask for a training now; GET /v1/training-runs shows what comes of it';
  fastify.post<{ Body: TrainingOrder }>(
    '/v1/training-runs',
    {
      config: { access: 'operate', audit: { action: ACTION } },
      preValidation: bodyOptional,
      schema: {
        summary,
        tags: ['models'],
        querystring: NO_QUERY,
        body: { $ref: 'TrainingOrder#' },
        response: answers('TrainingAcceptedBody', summary, 202),
      },
    },
    async (call, reply): Promise<TrainingAcceptedBody> => {
      const actor = requireActor(call);
      const { zones: asked = [], kind = 'demand' } = call.body;
      const wanted = [...new Set(asked)];
      for (const zone of wanted) zones.require(zone);
      const atMs = nowMs();
      const request = newRequest(kind, wanted, actor.name, atMs);
      await publishRequests(deps, [request], atMs);
      const target = wanted.length === 0 ? 'ALL' : wanted.join(',');
      await deps.audit.done(actor, ACTION, target, { request: request.id, kind });
      void reply.code(202);
      return { requestId: request.id, zones: request.zones, kind, requestedAt: request.requestedAt };
    },
  );
}
