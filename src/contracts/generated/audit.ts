/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Who did what.
 */
export interface AuditEntry {
  /**
   * When. ISO 8601 UTC.
   */
  at: string;
  /**
   * Who.
   */
  actor: string;
  /**
   * What.
   */
  action: string;
  /**
   * On what.
   */
  target: string;
  outcome: 'ok' | 'denied' | 'failed';
  details: {
    [k: string]: string | undefined;
  };
}
