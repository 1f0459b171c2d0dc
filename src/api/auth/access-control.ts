import type { IncomingHttpHeaders } from 'node:http';
import { NowcastError } from '../../contracts/errors.js';
import { openScopes, type OpenAccessSettings } from './open-access.js';
import { ANONYMOUS, type CredentialChecker, type Principal } from './principal.js';
import { callerOf, RateLimiter, type RateVerdict } from './rate-limiter.js';
import { grants, type Scope } from './scopes.js';

const BEARER = /^Bearer +(\S+)$/i;
/** Longer than any key, and than the tokens that issuers make. */
const MAX_CREDENTIAL_LENGTH = 8192;

export interface AccessControlOptions {
  readonly checkers: readonly CredentialChecker[];
  readonly open: OpenAccessSettings;
  /** Calls a minute of one address, counted for callers without an accepted credential. */
  readonly perAddress: number;
  /** Calls a minute of one key or token subject. */
  readonly perKey: number;
  /** The wall clock, epoch milliseconds: credentials expire in it, whatever time a simulation has. */
  readonly nowMs?: () => number;
}

/** What is known of a call before anything of it is looked at. */
export interface CallerFacts {
  readonly headers: IncomingHttpHeaders;
  readonly address: string;
  /** A credential that came another way than in the Authorization header, such as a message of the feed. */
  readonly credential?: string;
}

/** Who calls, or why the credential was refused; and whether there are calls left. */
export type Identified = { readonly rate: RateVerdict } & (
  | { readonly principal: Principal; readonly refusal: null }
  | { readonly principal: null; readonly refusal: NowcastError }
);

/** Decides who calls and what is allowed: for REST, the feed and the pages of health and metrics alike. */
export class AccessControl {
  private readonly addresses: RateLimiter;
  private readonly keys: RateLimiter;
  private readonly nowMs: () => number;

  constructor(private readonly options: AccessControlOptions) {
    this.addresses = new RateLimiter(options.perAddress);
    this.keys = new RateLimiter(options.perKey);
    this.nowMs = options.nowMs ?? Date.now;
  }

  /**
   * Who calls, and whether that caller has calls left. A refused credential counts against the address, so guessing is
   * as slow as the address limit.
   */
  async identify(facts: CallerFacts): Promise<Identified> {
    try {
      const principal = await this.principalOf(facts);
      const { id } = principal;
      const rate = id === ANONYMOUS ? this.countAddress(facts) : this.keys.take(id, this.nowMs());
      return { principal, refusal: null, rate };
    } catch (error) {
      if (!(error instanceof NowcastError)) throw error;
      return { principal: null, refusal: error, rate: this.countAddress(facts) };
    }
  }

  /**
   * Lets a long connection in. Only refused credentials count against the address: after a restart everybody comes back at
   * once.
   * @throws NowcastError UNAUTHORISED, FORBIDDEN, AUTH_UNAVAILABLE, TOO_MANY_REQUESTS
   */
  async admit(facts: CallerFacts, scope: Scope): Promise<Principal> {
    try {
      const principal = await this.principalOf(facts);
      this.requireScope(principal, scope);
      return principal;
    } catch (error) {
      // Who showed nothing yet may still do so, in a message.
      if (facts.credential === undefined && facts.headers.authorization === undefined) throw error;
      const rate = this.countAddress(facts);
      throw rate.allowed ? error : tooMany(rate);
    }
  }

  /**
   * The caller, with what everybody may do added to its own scopes.
   * @throws NowcastError UNAUTHORISED, AUTH_UNAVAILABLE
   */
  async principalOf({ headers, credential: said }: CallerFacts): Promise<Principal> {
    const credential = said ?? bearerOf(headers);
    const open = openScopes(this.options.open, headers);
    if (credential === null) return { id: ANONYMOUS, name: ANONYMOUS, scopes: open, expiresAtMs: null };
    const known = await this.check(credential);
    return { ...known, scopes: new Set([...known.scopes, ...open]) };
  }

  /** @throws NowcastError UNAUTHORISED (nobody known), FORBIDDEN (known, but without the scope) */
  requireScope(principal: Principal, scope: Scope): void {
    if (grants(principal.scopes, scope)) return;
    if (principal.id === ANONYMOUS) throw new NowcastError('UNAUTHORISED', this.howToAuthorise(scope));
    const held = [...principal.scopes].join(', ') || 'none';
    throw new NowcastError('FORBIDDEN', `this call needs the scope ${scope}; ${principal.id} has: ${held}`, {
      context: { scope, principal: principal.id },
    });
  }

  /** Whether the caller of a page that lets everybody in may see what needs a scope. */
  async maySee(facts: CallerFacts, scope: Scope): Promise<boolean> {
    try {
      return grants((await this.principalOf(facts)).scopes, scope);
    } catch {
      return false;
    }
  }

  /** Whether a caller that was let in earlier would still be. */
  stillValid(principal: Principal): boolean {
    if (principal.id === ANONYMOUS) return true;
    if (principal.expiresAtMs !== null && this.nowMs() >= principal.expiresAtMs) return false;
    return this.options.checkers.some((checker) => checker.stillValid(principal));
  }

  private countAddress({ address }: CallerFacts): RateVerdict {
    return this.addresses.take(callerOf(address), this.nowMs());
  }

  private async check(credential: string): Promise<Principal> {
    if (credential.length <= MAX_CREDENTIAL_LENGTH)
      for (const checker of this.options.checkers) {
        const principal = await checker.check(credential);
        if (principal !== null) return principal;
      }
    throw new NowcastError(
      'UNAUTHORISED',
      'this credential is not known here: it is neither a key nor a token of this service',
      { context: { credential: 'refused' } },
    );
  }

  private howToAuthorise(scope: Scope): string {
    const wanted = `this call needs a key or token with the scope ${scope}: Authorization: Bearer KEY`;
    if (this.options.checkers.some(({ configured }) => configured)) return wanted;
    return `${wanted}; this service has none yet: make one with \`nowcast keys create\`, or set NOWCAST_ADMIN_KEY`;
  }
}

/** What is said to a caller that has no calls left. */
export function tooMany({ limit, retryAfterSeconds }: RateVerdict): NowcastError {
  return new NowcastError(
    'TOO_MANY_REQUESTS',
    `more than ${limit} requests a minute; try again in ${retryAfterSeconds} s`,
    { retriable: true },
  );
}

/**
 * The credential of a request.
 * @returns null when there is no Authorization header
 * @throws NowcastError UNAUTHORISED when it is of another scheme
 */
function bearerOf(headers: IncomingHttpHeaders): string | null {
  const { authorization } = headers;
  if (authorization === undefined) return null;
  const credential = BEARER.exec(authorization)?.[1];
  if (credential !== undefined) return credential;
  throw new NowcastError('UNAUTHORISED', 'the Authorization header must be: Bearer KEY', {
    context: { credential: 'refused' },
  });
}
