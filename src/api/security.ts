import compress from '@fastify/compress';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';

/** What pages of this service may load: their own files and their own feed, nothing from elsewhere. */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    'default-src': ["'self'"],
    'base-uri': ["'self'"],
    'connect-src': ["'self'"],
    'font-src': ["'self'", 'data:'],
    'form-action': ["'self'"],
    'frame-ancestors': ["'self'"],
    'img-src': ["'self'", 'data:'],
    'object-src': ["'none'"],
    'script-src': ["'self'"],
    'script-src-attr': ["'none'"],
    // The chart and the API pages set style attributes; styles cannot run code.
    'style-src': ["'self'", "'unsafe-inline'"],
  },
};

/** Small answers are not worth compressing, and brotli at its default level is slower than the network. */
const COMPRESS_FROM_BYTES = 2048;

/** Headers, compression, cross-origin reads and the rate limit. */
export async function installSecurity(
  fastify: FastifyInstance,
  options: { readonly allowedOrigins: readonly string[]; readonly requestsPerMinute: number },
): Promise<void> {
  await fastify.register(helmet, {
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
    // Plain http is served on purpose (loopback, or behind a proxy that speaks TLS and sets this itself).
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
  if (options.allowedOrigins.length > 0) {
    const origin = options.allowedOrigins.includes('*') ? '*' : [...options.allowedOrigins];
    await fastify.register(cors, { origin, methods: ['GET', 'HEAD'] });
  }
  await fastify.register(rateLimit, { max: options.requestsPerMinute, timeWindow: '1 minute' });
  await fastify.register(compress, { encodings: ['gzip', 'deflate'], threshold: COMPRESS_FROM_BYTES });
}
