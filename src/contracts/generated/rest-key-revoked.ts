/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * An API key that has ended.
 */
export interface ApiKeyRevokedBody {
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
