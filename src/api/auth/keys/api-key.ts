import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** So that people and secret scanners recognise one. */
export const KEY_PREFIX = 'pnk';
const FORMAT = /^pnk_([a-z0-9]{12})_[A-Za-z0-9_-]{43}$/;
const ID_BYTES = 6;
const SECRET_BYTES = 32;

export interface NewApiKey {
  /** The key itself, `pnk_<id>_<secret>`: shown once, kept nowhere. */
  readonly key: string;
  readonly id: string;
  /** Hexadecimal; 256 random bits need no slow hash. */
  readonly sha256: string;
}

/** A key of 256 random bits. */
export function newApiKey(): NewApiKey {
  const id = randomBytes(ID_BYTES).toString('hex');
  const key = `${KEY_PREFIX}_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { key, id, sha256: sha256Of(key) };
}

/** Whether a credential claims to be an API key, well-formed or not. */
export function looksLikeApiKey(credential: string): boolean {
  return credential.startsWith(`${KEY_PREFIX}_`);
}

/** @returns null when it is not well-formed */
export function idOfApiKey(credential: string): string | null {
  return FORMAT.exec(credential)?.[1] ?? null;
}

/** In constant time. @param sha256 hexadecimal */
export function matchesApiKey(credential: string, sha256: string): boolean {
  return timingSafeEqual(Buffer.from(sha256Of(credential), 'hex'), Buffer.from(sha256, 'hex'));
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
