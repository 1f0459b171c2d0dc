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
  /**
   * A change of models has an entry when it begins (begun) and one when it has ended; any other call has one.
   */
  outcome: 'begun' | 'ok' | 'denied' | 'failed';
  details: {
    [k: string]: string | undefined;
  };
}
