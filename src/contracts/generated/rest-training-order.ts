/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * Asks for a training now.
 */
export interface TrainingOrder {
  /**
   * Zones; none or left out means all with demand in the last weeks.
   *
   * @maxItems 1000
   */
  zones?: string[];
  /**
   * daily, or weekly for a deep training; demand, which is trained as daily is, when left out.
   */
  kind?: 'demand' | 'daily' | 'weekly';
}
