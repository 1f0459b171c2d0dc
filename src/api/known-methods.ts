import type { FastifyInstance, FastifyRequest } from 'fastify';
import { NowcastError } from '../contracts/errors.js';
import { nothingThere } from './problem.js';

/** Methods by path as registered, for example /v1/zones and /v1/keys/:id. */
type KnownPaths = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * A method that a known path does not have is answered with 405 and the methods that it has, an unknown path with 404; both
 * before any body is read.
 * Call before the routes are registered, and after the gate, so that such calls are counted too.
 * @param preflights whether OPTIONS is answered on every path, for pages of other origins
 */
export function installKnownMethods(fastify: FastifyInstance, preflights: boolean): void {
  const known = new Map<string, Set<string>>();
  fastify.addHook('onRoute', ({ url, method }) => {
    const exact = url === '/*' ? '/' : url;
    // What lies below a wildcard are files: they are there, or not.
    if (exact.includes('*')) return;
    known.set(exact, new Set([...(known.get(exact) ?? []), ...[method].flat()]));
  });
  fastify.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    const path = pathOf(request);
    const methods = methodsOf(path, known);
    if (methods.length === 0) throw new NowcastError('NOT_FOUND', nothingThere(request));
    if (preflights) methods.push('OPTIONS');
    const allowed = [...new Set(methods)].sort().join(', ');
    void reply.header('allow', allowed);
    throw new NowcastError(
      'METHOD_NOT_ALLOWED',
      `${path} does not have the method ${request.method}; allowed: ${allowed}`,
    );
  });
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? '/';
}

function methodsOf(path: string, known: KnownPaths): string[] {
  return [...known].flatMap(([pattern, methods]) => (matches(path, pattern) ? [...methods] : []));
}

function matches(path: string, pattern: string): boolean {
  const given = path.split('/');
  const parts = pattern.split('/');
  if (given.length !== parts.length) return false;
  return parts.every((part, i) => part.startsWith(':') || part === given[i]);
}
