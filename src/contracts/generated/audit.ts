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
   * A call that changes something has an entry before it is made (begun) and one with what came of it; any other call has one.
   */
  outcome: 'begun' | 'ok' | 'denied' | 'failed';
  details: {
    [k: string]: string | undefined;
  };
}
