/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * A record that could not be processed, kept with its raw bytes.
 */
export interface DeadLetter {
  /**
   * When it was set aside. ISO 8601 UTC.
   */
  at: string;
  /**
   * Error code.
   */
  code: string;
  /**
   * What was wrong and what to do.
   */
  message: string;
  /**
   * Origin topic.
   */
  topic: string;
  /**
   * Origin partition.
   */
  partition: number;
  /**
   * Origin offset.
   */
  offset: number;
  key: string | null;
  /**
   * Raw bytes, base64.
   */
  valueBase64: string;
}
