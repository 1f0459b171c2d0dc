import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { openScope } from './auth/route-access.js';
import { SCOPES } from './auth/scopes.js';
import { asyncApiDocument } from '../feed/asyncapi.js';
import { markOptionalBodies } from './optional-bodies.js';
import { programVersion } from './program-version.js';

const INFO = {
  title: 'power-nowcast',
  description:
    'Electricity demand nowcasts. Times are ISO 8601 UTC, power is in megawatts. Errors are RFC 9457 problems. ' +
    'The live feed is a WebSocket at /v1/feed (docs/feed-protocol.md, /asyncapi.json).',
};

/** Must be registered before the routes that it documents. */
export async function installOpenApi(fastify: FastifyInstance): Promise<void> {
  await fastify.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { ...INFO, version: programVersion(), license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description:
              `An API key, a token of the configured issuer, or the admin key. Scopes: ${SCOPES.join(', ')}; admin ` +
              'implies all. A service that is bound to loopback answers read and export calls of its own machine ' +
              'without one.',
          },
        },
      },
      tags: [
        { name: 'zones', description: 'What is served' },
        { name: 'nowcasts', description: 'Forecasts now' },
        { name: 'history', description: 'What was measured and forecast' },
        { name: 'models', description: 'Models, training and accuracy' },
        { name: 'keys', description: 'API keys of callers' },
        { name: 'webhooks', description: 'Where events are posted (docs/webhooks.md)' },
        { name: 'status', description: 'Health of the service' },
      ],
    },
    transform: ({ schema, url, route }) => {
      const access = route.config?.access;
      const security = access === undefined || access === 'open' ? [] : [{ bearer: [access] }];
      return { schema: { security, ...schema }, url };
    },
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject;
      markOptionalBodies(document.openapiObject);
      return document.openapiObject;
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => nameOf(json.$id, index) },
  });
  await fastify.register(async (scope) => {
    openScope(scope);
    await installPages(scope);
  });
}

/** Descriptions and pages hold no data, so that who has no key yet can read how to use one. */
async function installPages(fastify: FastifyInstance): Promise<void> {
  await fastify.register(swaggerUi, {
    routePrefix: '/docs',
    // Own files only; the validator badge would call a service elsewhere.
    uiConfig: { validatorUrl: null, docExpansion: 'list', tryItOutEnabled: true },
    staticCSP: {
      'default-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'style-src': ["'self'", "'unsafe-inline'"],
      'script-src': ["'self'"],
      'object-src': ["'none'"],
      'base-uri': ["'self'"],
      'frame-ancestors': ["'self'"],
    },
  });
  fastify.get('/openapi.json', { schema: { hide: true } }, () => fastify.swagger());
  const feed = asyncApiDocument(programVersion());
  fastify.get('/asyncapi.json', { schema: { hide: true } }, () => feed);
}

function nameOf(id: unknown, index: number): string {
  return typeof id === 'string' ? id : `schema-${index}`;
}
