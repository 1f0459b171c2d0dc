/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * An API key to make.
 */
export interface ApiKeyOrder {
  /**
   * For people: who or what will use it.
   */
  name: string;
  /**
   * What it may do; admin implies all.
   *
   * @minItems 1
   * @maxItems 4
   */
  scopes:
    | ['read' | 'export' | 'operate' | 'admin']
    | ['read' | 'export' | 'operate' | 'admin', 'read' | 'export' | 'operate' | 'admin']
    | [
        'read' | 'export' | 'operate' | 'admin',
        'read' | 'export' | 'operate' | 'admin',
        'read' | 'export' | 'operate' | 'admin',
      ]
    | [
        'read' | 'export' | 'operate' | 'admin',
        'read' | 'export' | 'operate' | 'admin',
        'read' | 'export' | 'operate' | 'admin',
        'read' | 'export' | 'operate' | 'admin',
      ];
  /**
   * ISO 8601; null or absent for never.
   */
  expiresAt?: string | null;
}
