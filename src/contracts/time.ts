import { NowcastError } from './errors.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

const ISO_WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

/** Epoch milliseconds as ISO 8601 UTC, always with milliseconds and `Z`. */
export function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/**
 * Parses an ISO 8601 instant that carries an offset or `Z`.
 * @returns epoch milliseconds
 * @throws NowcastError INPUT_INVALID when it is not one (a time without an offset is ambiguous, so refused)
 */
export function parseIso(text: string): number {
  const epochMs = ISO_WITH_ZONE.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(epochMs)) {
    throw new NowcastError(
      'INPUT_INVALID',
      `not an ISO 8601 time with an offset or Z: ${JSON.stringify(text)}`,
    );
  }
  return epochMs;
}

/** Start of the step that contains the instant; steps are aligned to the epoch. */
export function floorToStep(epochMs: number, stepMs: number): number {
  return Math.floor(epochMs / stepMs) * stepMs;
}
