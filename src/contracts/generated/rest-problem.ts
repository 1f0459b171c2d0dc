/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Every error body (RFC 9457, application/problem+json).
 */
export interface Problem {
  /**
   * What kind of problem, as a URI reference.
   */
  type: string;
  /**
   * Short name of the kind of problem.
   */
  title: string;
  /**
   * HTTP status.
   */
  status: number;
  /**
   * What was wrong and what to do.
   */
  detail: string;
  /**
   * Path of the request.
   */
  instance: string;
  /**
   * Stable code.
   */
  code: string;
}
