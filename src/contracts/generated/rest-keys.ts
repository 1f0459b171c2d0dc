/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * API keys, without anything that could be used as one.
 */
export interface ApiKeysBody {
  /**
   * In the order in which they were made.
   */
  keys: ApiKeyInfo[];
}
export interface ApiKeyInfo {
  /**
   * Stands in the key itself and in the audit.
   */
  id: string;
  /**
   * For people: who or what uses it.
   */
  name: string;
  /**
   * What it may do; admin implies all.
   */
  scopes: ('read' | 'export' | 'operate' | 'admin')[];
  /**
   * What it is worth now.
   */
  state: 'valid' | 'expired' | 'revoked';
  /**
   * ISO 8601 UTC.
   */
  createdAt: string;
  /**
   * ISO 8601 UTC; null for never.
   */
  expiresAt: string | null;
  /**
   * ISO 8601 UTC, in the future for a key that was rotated with grace; null when it was not revoked.
   */
  revokedAt: string | null;
  /**
   * Id of the key that a rotation put in its place.
   */
  replacedBy: string | null;
  /**
   * ISO 8601 UTC; null for never. By the processes of this data directory, up to half a minute old.
   */
  lastUsedAt: string | null;
}
