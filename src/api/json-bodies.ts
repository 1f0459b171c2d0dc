import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';

/** The body of a route that takes none: nothing at all, or `{}`. */
export const NO_BODY = { type: 'object', additionalProperties: false, properties: {} } as const;

interface BodySchema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

/** Bodies are JSON; every other media type is refused with 415. Call before any route is registered. */
export function installJsonBodies(fastify: FastifyInstance): void {
  fastify.removeContentTypeParser('text/plain');
}

/** For `preValidation` of routes whose body has nothing that is required: none at all is as good as `{}`. */
export function bodyOptional(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  if (request.body === undefined) request.body = {};
  done();
}

/** What a route wants its body to be, in a sentence; null for a route that has none. */
export function expectedBody(fastify: FastifyInstance, schema: FastifySchema | undefined): string | null {
  const body = resolve(fastify, schema?.body);
  if (body === null) return null;
  const required = new Set(body.required);
  const names = Object.keys(body.properties ?? {});
  if (names.length === 0) return 'expected is no body, or {}';
  const fields = names.map((name) => (required.has(name) ? name : `${name} (optional)`));
  return `expected is a JSON object with ${fields.join(', ')}`;
}

function resolve(fastify: FastifyInstance, schema: unknown): BodySchema | null {
  if (typeof schema !== 'object' || schema === null) return null;
  const { $ref } = schema as BodySchema;
  if ($ref === undefined) return schema;
  return (fastify.getSchema($ref.replace(/#$/, '')) as BodySchema | undefined) ?? null;
}
