import { readFileSync } from 'node:fs';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  jwtVerify,
  type FetchImplementation,
  type JSONWebKeySet,
  type JWTPayload,
} from 'jose';
import type { JwtSettings } from '../../config/auth-settings.js';
import { messageOf, NowcastError } from '../../contracts/errors.js';
import { toIso } from '../../contracts/time.js';
import { fileStamp } from './keys/key-file.js';
import type { CredentialChecker, Principal } from './principal.js';
import { isScope, type Scope } from './scopes.js';

const THREE_PARTS = /^[\w-]+\.[\w-]+\.[\w-]*$/;
const MAX_SUBJECT_LENGTH = 200;
const ASK_AGAIN_MS = 2_000;
/** Tokens that are made to be shown to services; others (logout tokens, for example) are not. */
const TYPES = ['jwt', 'at+jwt', 'application/at+jwt'];

type KeyResolver = Parameters<typeof jwtVerify>[1];

/** Accepts tokens of one issuer, verified with its published keys. */
export class JwtChecker implements CredentialChecker {
  readonly configured = true;
  private readonly keys: () => KeyResolver;

  /**
   * @param nowMs the wall clock, epoch milliseconds
   * @throws NowcastError CONFIG_INVALID when the key file cannot be used
   */
  constructor(
    private readonly settings: JwtSettings,
    private readonly nowMs: () => number = Date.now,
  ) {
    this.keys = keySource(settings);
  }

  async check(credential: string): Promise<Principal | null> {
    if (!THREE_PARTS.test(credential)) return null;
    const { issuer, audience, algorithms, clockToleranceSeconds } = this.settings;
    try {
      const { payload, protectedHeader } = await jwtVerify(credential, this.keys(), {
        issuer,
        audience,
        algorithms: [...algorithms],
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(this.nowMs()),
      });
      const { typ } = protectedHeader;
      if (typ !== undefined && !TYPES.includes(typ.toLowerCase()))
        throw refused(`this token is a ${JSON.stringify(typ.slice(0, 40))}, not an access token`);
      return this.principalOf(payload);
    } catch (error) {
      throw error instanceof NowcastError ? error : explain(error, this.settings);
    }
  }

  /** A token is believed until it expires. */
  stillValid({ id, expiresAtMs }: Principal): boolean {
    return id.startsWith('jwt:') && expiresAtMs !== null && this.nowMs() < expiresAtMs;
  }

  private principalOf(payload: JWTPayload): Principal {
    const { sub = '', exp = 0, client_id: client } = payload;
    if (sub === '' || sub.length > MAX_SUBJECT_LENGTH || /\p{Cc}/u.test(sub))
      throw refused(
        `the subject (sub) of this token is not usable: 1 to ${MAX_SUBJECT_LENGTH} printable characters`,
      );
    return {
      id: `jwt:${sub}`,
      name: typeof client === 'string' ? client.slice(0, MAX_SUBJECT_LENGTH) : `jwt:${sub}`,
      scopes: scopesOf(payload, this.settings),
      expiresAtMs: (exp + this.settings.clockToleranceSeconds) * 1000,
    };
  }
}

/** The scopes that a token grants; values that stand for none are passed over. */
export function scopesOf(
  payload: JWTPayload,
  { scopeClaim, scopes }: Pick<JwtSettings, 'scopeClaim' | 'scopes'>,
): ReadonlySet<Scope> {
  const granted = new Set<Scope>();
  for (const value of valuesOf(claimAt(payload, scopeClaim))) {
    const scope = scopes === null ? value : Object.hasOwn(scopes, value) ? scopes[value] : undefined;
    if (scope !== undefined && isScope(scope)) granted.add(scope);
  }
  return granted;
}

/** A claim of that very name (namespaced ones are addresses, with dots), else the way into objects. */
function claimAt(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  return name.split('.').reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    return (value as Record<string, unknown>)[part];
  }, payload);
}

function valuesOf(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(/\s+/).filter((value) => value !== '');
  return Array.isArray(claim) ? claim.filter((value): value is string => typeof value === 'string') : [];
}

function keySource({ jwks }: JwtSettings): () => KeyResolver {
  if (jwks.url !== undefined) {
    const remote = createRemoteJWKSet(new URL(jwks.url), { [customFetch]: patientFetch() });
    return () => remote;
  }
  const { file } = jwks;
  let stamp = fileStamp(file);
  let resolver = readKeySet(file);
  return () => {
    const current = fileStamp(file);
    if (current !== stamp) {
      resolver = readKeySet(file);
      stamp = current;
    }
    return resolver;
  };
}

/** An issuer that does not answer is not asked again with every token that comes. */
function patientFetch(): FetchImplementation {
  let failedAtMs = Number.NEGATIVE_INFINITY;
  return async (url, options) => {
    if (performance.now() - failedAtMs < ASK_AGAIN_MS) throw new Error('the issuer did not answer just now');
    try {
      const response = await fetch(url, options);
      if (!response.ok) failedAtMs = performance.now();
      return response;
    } catch (error) {
      failedAtMs = performance.now();
      throw error;
    }
  };
}

function readKeySet(file: string): KeyResolver {
  try {
    return createLocalJWKSet(JSON.parse(readFileSync(file, 'utf8')) as JSONWebKeySet);
  } catch (error) {
    throw new NowcastError('CONFIG_INVALID', `auth.jwt.jwksFile ${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** What is wrong with a token, in words. Nothing of the token is repeated but times. */
function explain(error: unknown, settings: JwtSettings): NowcastError {
  const { issuer, audience, algorithms, clockToleranceSeconds } = settings;
  if (error instanceof errors.JWTExpired) {
    const { exp } = error.payload;
    const since = typeof exp === 'number' ? ` at ${toIso(exp * 1000)}` : '';
    return refused(`this token expired${since} (clock tolerance ${clockToleranceSeconds} s); get a new one`);
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return refused(`this token is not of the issuer ${issuer}`);
    if (error.claim === 'aud') return refused(`this token is not meant for the audience ${audience}`);
    if (error.claim === 'nbf') return refused('this token is not valid yet (nbf); is a clock wrong?');
    return refused(`the claim ${error.claim} of this token is missing or not valid`);
  }
  if (error instanceof errors.JOSEAlgNotAllowed)
    return refused(`the signature of this token is not one of ${algorithms.join(', ')}`);
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return refused('the signature of this token is wrong');
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return refused('the issuer publishes no key of the id (kid) that this token names');
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid)
    return refused('this token is malformed');
  if (error instanceof errors.JOSENotSupported)
    return refused('this token uses an extension that is not supported');
  return new NowcastError(
    'AUTH_UNAVAILABLE',
    'tokens cannot be checked now: the keys of their issuer cannot be read; try again later',
    { cause: error, retriable: true },
  );
}

function refused(message: string): NowcastError {
  return new NowcastError('UNAUTHORISED', message, { context: { credential: 'refused' } });
}
