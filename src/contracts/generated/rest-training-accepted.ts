/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * A training that was asked for. Its runs name the request in requestIds.
 */
export interface TrainingAcceptedBody {
  /**
   * Id of the request.
   */
  requestId: string;
  /**
   * Zones; none means all.
   */
  zones: string[];
  /**
   * Kind.
   */
  kind: 'demand' | 'daily' | 'weekly';
  /**
   * When. ISO 8601 UTC.
   */
  requestedAt: string;
}
