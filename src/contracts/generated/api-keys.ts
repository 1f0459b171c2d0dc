/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * The file of API keys. It holds hashes, never a key.
 */
export interface ApiKeysFile {
  version: 1;
  keys: ApiKeyRecord[];
}
export interface ApiKeyRecord {
  /**
   * Stands in the key itself and in the audit.
   */
  id: string;
  /**
   * For people: who or what uses it.
   */
  name: string;
  /**
   * What it may do.
   *
   * @minItems 1
   */
  scopes: ['read' | 'export' | 'operate' | 'admin', ...('read' | 'export' | 'operate' | 'admin')[]];
  /**
   * Of the whole key, hexadecimal.
   */
  sha256: string;
  /**
   * ISO 8601 UTC.
   */
  createdAt: string;
  /**
   * ISO 8601 UTC; null for never.
   */
  expiresAt: string | null;
  /**
   * ISO 8601 UTC; null while it is valid.
   */
  revokedAt: string | null;
  /**
   * Id of the key that a rotation put in its place.
   */
  replacedBy: string | null;
}
