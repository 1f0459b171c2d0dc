import type { Scope } from './scopes.js';

/** Who calls, and what that caller may do. */
export interface Principal {
  /** Stands in the audit: `anonymous`, `key:<id>`, `jwt:<subject>` or `admin-key`. Never a credential. */
  readonly id: string;
  /** Shown to people, for example the name of a key. */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Epoch milliseconds after which the credential is worth nothing; null for never. */
  readonly expiresAtMs: number | null;
}

export const ANONYMOUS = 'anonymous';

/** Recognises one kind of credential: API keys, tokens, the admin key. */
export interface CredentialChecker {
  /** Whether this service could accept a credential of the kind at all; what is said to a caller without one depends on it. */
  readonly configured: boolean;
  /**
   * @param credential what stood behind `Bearer`
   * @returns null when it is not of this kind
   * @throws NowcastError UNAUTHORISED (expired, revoked, wrong; `context.principal` names whose it was, where known),
   *   AUTH_UNAVAILABLE when it cannot be checked now
   */
  check(credential: string): Promise<Principal | null>;
  /** Whether a principal that was let in earlier would be let in now; a long connection is closed when not. */
  stillValid(principal: Principal): boolean;
}
