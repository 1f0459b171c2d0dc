import type { FastifyInstance } from 'fastify';
import type { WebhookBody } from '../../contracts/generated/rest-webhook.js';
import type { WebhookCreatedBody } from '../../contracts/generated/rest-webhook-created.js';
import type { WebhookDeliveriesBody } from '../../contracts/generated/rest-webhook-deliveries.js';
import type { WebhookOrder } from '../../contracts/generated/rest-webhook-order.js';
import type { WebhookReplayBody } from '../../contracts/generated/rest-webhook-replay.js';
import type { WebhookReplayOrder } from '../../contracts/generated/rest-webhook-replay-order.js';
import type { WebhookTestBody } from '../../contracts/generated/rest-webhook-test.js';
import type { WebhooksBody } from '../../contracts/generated/rest-webhooks.js';
import { toIso } from '../../contracts/time.js';
import type { Delivery, DeliveryStatus, Webhook } from '../../webhooks/webhook.js';
import { linkNext, PAGE_PROPERTIES, pageOf, type PageQuery } from '../paging.js';
import { bodyOptional, NO_BODY } from '../json-bodies.js';
import type { RouteContext } from '../route-context.js';
import { answers, NO_QUERY, PROBLEMS } from '../schemas.js';

const ID_PARAMS = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', description: 'Webhook.', minLength: 1, maxLength: 64 } },
} as const;

const DELIVERIES_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    status: { type: 'string', enum: ['pending', 'delivered', 'dead'], description: 'Only these.' },
    ...PAGE_PROPERTIES,
  },
} as const;

interface ById {
  Params: { id: string };
}

/** Webhooks: all of it needs `operate`, since addresses may hold tokens of their own. */
export function webhookRoutes(fastify: FastifyInstance, { deps, zones }: RouteContext): void {
  const { webhooks } = deps;
  if (webhooks === undefined) return;
  const tags = ['webhooks'];
  const audited = (action: string) => ({
    access: 'operate' as const,
    audit: {
      action: `webhooks.${action}`,
      target: ({ params }: { params: unknown }) => (params as { id?: string }).id ?? 'all',
    },
  });

  const list = 'Webhooks, without their secrets';
  fastify.get(
    '/v1/webhooks',
    {
      config: audited('list'),
      schema: { summary: list, tags, querystring: NO_QUERY, response: answers('WebhooksBody', list) },
    },
    (): WebhooksBody => ({ webhooks: webhooks.store.list().map(shown) }),
  );

  const add = 'Subscribe an address to events; the answer holds the signing secret, this once';
  fastify.post<{ Body: WebhookOrder }>(
    '/v1/webhooks',
    {
      config: audited('add'),
      schema: {
        summary: add,
        tags,
        querystring: NO_QUERY,
        body: { $ref: 'WebhookOrder#' },
        response: answers('WebhookCreatedBody', add, 201),
      },
    },
    async ({ body }, reply): Promise<WebhookCreatedBody> => {
      for (const zone of body.zones ?? []) zones.require(zone);
      const webhook = await webhooks.add(body);
      void reply
        .code(201)
        .header('location', `/v1/webhooks/${webhook.id}`)
        .header('cache-control', 'no-store');
      return { ...shown(webhook), secret: webhook.secret };
    },
  );

  const one = 'One webhook';
  fastify.get<ById>(
    '/v1/webhooks/:id',
    {
      config: audited('show'),
      schema: {
        summary: one,
        tags,
        params: ID_PARAMS,
        querystring: NO_QUERY,
        response: answers('WebhookBody', one),
      },
    },
    ({ params }): WebhookBody => shown(webhooks.store.get(params.id)),
  );

  const remove = 'Remove a webhook and what is on its way to it';
  fastify.delete<ById>(
    '/v1/webhooks/:id',
    {
      config: audited('remove'),
      schema: {
        summary: remove,
        tags,
        params: ID_PARAMS,
        querystring: NO_QUERY,
        response: { 204: { description: 'Removed', type: 'null' }, ...PROBLEMS },
      },
    },
    async ({ params }, reply) => {
      await webhooks.store.remove(params.id);
      return reply.code(204).send();
    },
  );

  const test = 'Send a test event now, once';
  fastify.post<ById>(
    '/v1/webhooks/:id/test',
    {
      config: audited('test'),
      preValidation: bodyOptional,
      schema: {
        summary: test,
        tags,
        params: ID_PARAMS,
        querystring: NO_QUERY,
        body: NO_BODY,
        response: answers('WebhookTestBody', test),
      },
    },
    async ({ params }): Promise<WebhookTestBody> => {
      const { deliveryId, ok, status, error } = await webhooks.test(params.id);
      return { deliveryId, ok, status, error };
    },
  );

  const deliveries = 'Deliveries of a webhook: pending, delivered and dead ones';
  fastify.get<ById & { Querystring: PageQuery & { status?: DeliveryStatus } }>(
    '/v1/webhooks/:id/deliveries',
    {
      config: audited('deliveries'),
      schema: {
        summary: deliveries,
        tags,
        params: ID_PARAMS,
        querystring: DELIVERIES_QUERY,
        response: answers('WebhookDeliveriesBody', deliveries),
      },
    },
    (request, reply): WebhookDeliveriesBody => {
      const { params, query } = request;
      webhooks.store.get(params.id);
      const all = webhooks.store.deliveriesOf(params.id, query.status);
      const { items, cursor } = pageOf(all, ({ createdAtMs, id }) => ({ timeMs: createdAtMs, id }), query);
      return {
        deliveries: items.map(shownDelivery),
        ...linkNext(request, reply, cursor === null ? null : { cursor }),
      };
    },
  );

  const replay = 'Send dead deliveries again, or the one named, under the same id';
  fastify.post<ById & { Body: WebhookReplayOrder }>(
    '/v1/webhooks/:id/replay',
    {
      config: audited('replay'),
      preValidation: bodyOptional,
      schema: {
        summary: replay,
        tags,
        params: ID_PARAMS,
        querystring: NO_QUERY,
        body: { $ref: 'WebhookReplayOrder#' },
        response: answers('WebhookReplayBody', replay, 202),
      },
    },
    async ({ params, body }, reply): Promise<WebhookReplayBody> => {
      const replayed = await webhooks.replay(params.id, body.deliveryId);
      void reply.code(202);
      return { replayed };
    },
  );
}

function shown({ id, url, description, events, zones, createdAtMs }: Webhook): WebhookBody {
  return {
    id,
    url,
    description,
    events: [...events] as WebhookBody['events'],
    zones: zones === null ? null : [...zones],
    createdAt: toIso(createdAtMs),
  };
}

function shownDelivery(delivery: Delivery): WebhookDeliveriesBody['deliveries'][number] {
  const { id, type, status, attempts, lastStatus, lastError } = delivery;
  const time = (ms: number | null): string | null => (ms === null ? null : toIso(ms));
  return {
    ...{ id, type, status, attempts, lastStatus, lastError },
    createdAt: toIso(delivery.createdAtMs),
    nextAttemptAt: time(delivery.nextAttemptAtMs),
    lastAttemptAt: time(delivery.lastAttemptAtMs),
    event: JSON.parse(delivery.body) as Record<string, unknown>,
  };
}
