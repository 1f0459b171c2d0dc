import type { NowcastError } from '../../contracts/errors.js';

const REALM = 'Bearer realm="power-nowcast"';

/**
 * The WWW-Authenticate header (RFC 6750) of a refusal, or null where none belongs.
 * @param error `context.credential` says that a credential was given and refused, `context.scope` which scope is missing
 */
export function challengeOf(error: NowcastError): string | null {
  const { credential, scope } = error.context;
  if (error.code === 'UNAUTHORISED')
    return credential === undefined ? REALM : `${REALM}, error="invalid_token"`;
  if (error.code !== 'FORBIDDEN' || scope === undefined) return null;
  return `${REALM}, error="insufficient_scope", scope="${String(scope)}"`;
}
