import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { programVersion } from './program-version.js';

const INFO = {
  title: 'power-nowcast',
  description:
    'Electricity demand nowcasts. Times are ISO 8601 UTC, power is in megawatts. Errors are RFC 9457 problems. ' +
    'The live feed is a WebSocket at /v1/feed (docs/feed-protocol.md).',
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
          adminKey: { type: 'http', scheme: 'bearer', description: 'NOWCAST_ADMIN_KEY of the service.' },
        },
      },
      tags: [
        { name: 'zones', description: 'What is served' },
        { name: 'nowcasts', description: 'Forecasts now' },
        { name: 'history', description: 'What was measured and forecast' },
        { name: 'models', description: 'Models, training and accuracy' },
        { name: 'status', description: 'Health of the service' },
      ],
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => nameOf(json.$id, index) },
  });
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
}

function nameOf(id: unknown, index: number): string {
  return typeof id === 'string' ? id : `schema-${index}`;
}
