import { createHash, timingSafeEqual } from 'node:crypto';
import type { CredentialChecker, Principal } from './principal.js';

const ADMIN: Principal = {
  id: 'admin-key',
  name: 'admin key of the configuration',
  scopes: new Set(['admin']),
  expiresAtMs: null,
};

/** The one key of the configuration (NOWCAST_ADMIN_KEY), with scope `admin`. */
export class AdminKey implements CredentialChecker {
  readonly configured = true;
  private readonly digest: Buffer;

  constructor(key: string) {
    this.digest = digestOf(key);
  }

  /** Digests are compared, so neither the time nor the length tells anything of the key. */
  async check(credential: string): Promise<Principal | null> {
    return timingSafeEqual(digestOf(credential), this.digest) ? ADMIN : null;
  }

  stillValid(principal: Principal): boolean {
    return principal.id === ADMIN.id;
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
