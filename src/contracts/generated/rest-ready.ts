/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Whether the service can do its work, and what is missing.
 */
export interface ReadyBody {
  /**
   * All required checks are in order.
   */
  ready: boolean;
  /**
   * What is missing, in one sentence.
   */
  detail: string;
  /**
   * In order of registration.
   */
  checks: ReadinessCheck[];
}
export interface ReadinessCheck {
  /**
   * Check.
   */
  name: string;
  /**
   * In order.
   */
  ok: boolean;
  /**
   * One sentence.
   */
  detail: string;
  /**
   * How long it has been so, milliseconds.
   */
  sinceMs: number;
}
