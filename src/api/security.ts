import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
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

/** Half a year of https only, once a certificate is configured. */
const HSTS_SECONDS = 15_552_000;
/** How long a browser may remember what is allowed. */
const PREFLIGHT_SECONDS = 600;
const EXPOSED_HEADERS = [
  'etag',
  'link',
  'retry-after',
  'www-authenticate',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
];

/** Small answers are not worth compressing. */
const COMPRESS_FROM_BYTES = 2048;
/** At its default of 11 brotli is slower than the network. */
const BROTLI_QUALITY = 4;

/** Headers, compression and what pages of other origins may do. */
export async function installSecurity(
  fastify: FastifyInstance,
  options: { readonly allowedOrigins: readonly string[]; readonly overTls: boolean },
): Promise<void> {
  await fastify.register(helmet, {
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
    // Plain http is served on purpose (loopback, or behind a proxy that speaks TLS and sets this itself).
    strictTransportSecurity: options.overTls ? { maxAge: HSTS_SECONDS, includeSubDomains: false } : false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
  if (options.allowedOrigins.length > 0) {
    // The plugin registers a route for preflights, which carry no credential.
    fastify.addHook('onRoute', (route) => {
      if (route.url === '*' && route.method === 'OPTIONS') route.config = { access: 'open', ...route.config };
    });
    const origin = options.allowedOrigins.includes('*') ? '*' : [...options.allowedOrigins];
    // No cookies are used, so no page can act with what a browser keeps; a page that has a key may use all of the API.
    await fastify.register(cors, {
      origin,
      methods: ['GET', 'HEAD', 'POST', 'DELETE'],
      allowedHeaders: ['authorization', 'content-type', 'if-none-match'],
      exposedHeaders: EXPOSED_HEADERS,
      credentials: false,
      maxAge: PREFLIGHT_SECONDS,
    });
  }
  await fastify.register(compress, {
    encodings: ['br', 'gzip', 'deflate'],
    threshold: COMPRESS_FROM_BYTES,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
  });
}
