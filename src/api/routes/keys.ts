import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ApiKeyRecord } from '../../contracts/generated/api-keys.js';
import type { ApiKeyCreatedBody } from '../../contracts/generated/rest-key-created.js';
import type { ApiKeyOrder } from '../../contracts/generated/rest-key-order.js';
import type { ApiKeyRevokedBody } from '../../contracts/generated/rest-key-revoked.js';
import type { ApiKeyRotation } from '../../contracts/generated/rest-key-rotation.js';
import type { ApiKeysBody } from '../../contracts/generated/rest-keys.js';
import { requireActor } from '../auth/gate.js';
import { newApiKey } from '../auth/keys/api-key.js';
import { addKey, revokeKeys, rotateKey, stateOf } from '../auth/keys/key-changes.js';
import type { KeyStore } from '../auth/keys/key-store.js';
import type { KeyUse } from '../auth/keys/key-usage.js';
import { bodyOptional } from '../json-bodies.js';
import type { RouteContext } from '../route-context.js';
import { answers, NO_QUERY } from '../schemas.js';
import { timeParameter } from '../time-range.js';

const ID_PARAMS = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', description: 'Id of the key.', minLength: 1, maxLength: 80 } },
} as const;

const SECOND_MS = 1000;

/** What `nowcast keys` does, for who has the scope admin. By the wall clock: keys know no simulated time. */
export function keyRoutes(fastify: FastifyInstance, { deps }: RouteContext): void {
  if (deps.keys !== undefined) routesOf(fastify, deps.keys, deps);
}

function routesOf(fastify: FastifyInstance, keys: KeyStore, { audit }: RouteContext['deps']): void {
  const tags = ['keys'];

  const listSummary = 'API keys, their scopes, state and last use';
  fastify.get(
    '/v1/keys',
    {
      config: { access: 'admin', audit: { action: 'keys.list', target: () => 'ALL' } },
      schema: {
        summary: listSummary,
        tags,
        querystring: NO_QUERY,
        response: answers('ApiKeysBody', listSummary),
      },
    },
    (): ApiKeysBody => {
      const used = keys.lastUsed();
      return { keys: keys.list().map((record) => shown(record, used)) };
    },
  );

  const createSummary = 'Make an API key; it is shown in this answer and never again';
  fastify.post<{ Body: ApiKeyOrder }>(
    '/v1/keys',
    {
      config: { access: 'admin', audit: { action: 'keys.create' } },
      schema: {
        summary: createSummary,
        tags,
        querystring: NO_QUERY,
        body: { $ref: 'ApiKeyOrder#' },
        response: answers('ApiKeyCreatedBody', createSummary, 201),
      },
    },
    async (call, reply): Promise<ApiKeyCreatedBody> => {
      const { name, scopes, expiresAt } = call.body;
      const made = newApiKey();
      const expiresAtMs = endOf(expiresAt) ?? null;
      const { record } = await keys.change((file) =>
        addKey(file, { name, scopes, expiresAtMs }, made, Date.now()),
      );
      await audit.done(requireActor(call), 'keys.create', `key:${record.id}`, detailsOf(record));
      return handOver(reply, made.key, record);
    },
  );

  const rotateSummary = 'Put a new key with the same name and scopes in the place of one';
  fastify.post<{ Params: { id: string }; Body: ApiKeyRotation }>(
    '/v1/keys/:id/rotate',
    {
      config: { access: 'admin', audit: { action: 'keys.rotate', target: keyNamed } },
      preValidation: bodyOptional,
      schema: {
        summary: rotateSummary,
        tags,
        params: ID_PARAMS,
        querystring: NO_QUERY,
        body: { $ref: 'ApiKeyRotation#' },
        response: answers('ApiKeyCreatedBody', rotateSummary, 201),
      },
    },
    async (call, reply): Promise<ApiKeyCreatedBody> => {
      const { graceSeconds = 0, expiresAt } = call.body;
      const made = newApiKey();
      const expiresAtMs = endOf(expiresAt);
      const { record, replaced } = await keys.change((file) =>
        rotateKey(file, call.params.id, made, {
          nowMs: Date.now(),
          graceMs: graceSeconds * SECOND_MS,
          ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
        }),
      );
      const details = { ...detailsOf(record), replacedBy: record.id };
      await audit.done(requireActor(call), 'keys.rotate', `key:${replaced.id}`, details);
      return handOver(reply, made.key, record);
    },
  );

  const revokeSummary = 'End an API key now';
  fastify.delete<{ Params: { id: string } }>(
    '/v1/keys/:id',
    {
      // A key that got into wrong hands must be ended also while the log is away.
      config: { access: 'admin', audit: { action: 'keys.revoke', target: keyNamed, begun: 'never' } },
      schema: {
        summary: revokeSummary,
        tags,
        params: ID_PARAMS,
        querystring: NO_QUERY,
        response: answers('ApiKeyRevokedBody', revokeSummary),
      },
    },
    async (call): Promise<ApiKeyRevokedBody> => {
      const { records } = await keys.change((file) => revokeKeys(file, call.params.id, Date.now()));
      const [record] = records;
      for (const one of records)
        await audit.done(requireActor(call), 'keys.revoke', `key:${one.id}`, detailsOf(one));
      return shown(record, keys.lastUsed());
    },
  );
}

function keyNamed({ params }: { readonly params: unknown }): string {
  return `key:${(params as { id: string }).id}`;
}

/** @returns undefined when nothing was said, null for never */
function endOf(text: string | null | undefined): number | null | undefined {
  return typeof text === 'string' ? timeParameter('expiresAt', text) : text;
}

function handOver(reply: FastifyReply, key: string, record: ApiKeyRecord): ApiKeyCreatedBody {
  void reply.code(201).header('cache-control', 'no-store');
  return { key, ...shown(record, {}) };
}

/** Without the hash, which nobody needs to see. */
function shown({ sha256: _, ...record }: ApiKeyRecord, used: KeyUse): ApiKeyRevokedBody {
  return { ...record, state: stateOf(record, Date.now()), lastUsedAt: used[record.id] ?? null };
}

function detailsOf({ name, scopes, expiresAt }: ApiKeyRecord): Record<string, string> {
  return { name, scopes: scopes.join(','), expires: expiresAt ?? 'never' };
}
