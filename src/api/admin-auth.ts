import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { NowcastError } from '../contracts/errors.js';
import type { Actor } from '../ops/audit.js';
import type { ApiDeps } from './deps.js';

const SCHEME = /^Bearer +(\S+)$/i;

/**
 * Lets a request through that carries the admin key (`Authorization: Bearer KEY`); one that does not is written to the
 * audit as denied.
 * @throws NowcastError FORBIDDEN when this service has no key, UNAUTHORISED when the request's is missing or wrong
 */
export async function requireAdmin(
  request: FastifyRequest,
  { audit, options }: Pick<ApiDeps, 'audit' | 'options'>,
  action: string,
  target: string,
): Promise<Actor> {
  const details = { address: request.ip };
  const refusal = refusalOf(request.headers.authorization, options?.adminKey);
  if (refusal === null) return { name: 'api', details };
  await audit.write({ name: 'api', details }, action, target, 'denied', { error: refusal.code });
  throw refusal;
}

function refusalOf(header: string | undefined, key: string | undefined): NowcastError | null {
  if (key === undefined)
    return new NowcastError(
      'FORBIDDEN',
      'this service has no admin key, so nothing can be changed through it: start it with NOWCAST_ADMIN_KEY or ' +
        'NOWCAST_ADMIN_KEY_FILE, or use the command line',
    );
  const given = SCHEME.exec(header ?? '')?.[1];
  if (given === undefined)
    return new NowcastError('UNAUTHORISED', 'this call needs the admin key: Authorization: Bearer KEY');
  return isEqual(given, key) ? null : new NowcastError('UNAUTHORISED', 'the admin key is wrong');
}

/** Digests are compared, so neither the time nor the length tells anything of the key. */
function isEqual(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
