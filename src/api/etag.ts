import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';

/**
 * Answers of /v1 that are read carry a weak ETag of their content; who has that content already is told so with 304.
 * Register before the compression, so that the tag is the same for every encoding.
 */
export function installEtags(fastify: FastifyInstance): void {
  fastify.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return payload;
    if (reply.statusCode !== 200 || typeof payload !== 'string' || !request.url.startsWith('/v1/'))
      return payload;
    const etag = `W/"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`;
    void reply.header('etag', etag).header('vary', varyWith(reply, 'accept-encoding'));
    // May be kept by the caller's own cache, but must be asked for again.
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'private, no-cache');
    return matches(request.headers['if-none-match'], etag) ? notModified(reply) : payload;
  });
}

/** Beside what others made the answer depend on, such as the origin of a page. */
function varyWith(reply: FastifyReply, name: string): string {
  const known = reply.getHeader('vary');
  return known === undefined ? name : `${String(known)}, ${name}`;
}

function notModified(reply: FastifyReply): string {
  void reply.code(304).removeHeader('content-type').removeHeader('content-length');
  return '';
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const weak = (tag: string): string => tag.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((tag) => weak(tag) === weak(etag));
}
