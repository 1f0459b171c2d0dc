import { expect } from 'vitest';
import { FEATURE_COUNT } from '../../src/features/feature-names.js';
import type { DemandEvent, InputEvent } from '../../src/features/input-event.js';
import { RowBuffer } from '../../src/features/row-buffer.js';
import type { NowcastRequest } from '../../src/nowcast/request.js';
import { type StepResult, createZoneStream, ingest } from '../../src/nowcast/step.js';
import { demandAt, demandEvent, profileOf } from '../features/synthetic.js';

export const PROFILE = profileOf(5);
export const STEP = PROFILE.stepMs;
export const NOW = Date.UTC(2019, 5, 12, 18);
export const TRIGGER = { topic: 'demand.observed', partition: 0, offset: 7 };

/** A course without noise. */
export const smooth = (t: number): number => demandAt(t, () => 0.5);

/** One zone with a 5-minute step and a buffer for its rows. */
export class ZoneHarness {
  readonly stream = createZoneStream(PROFILE);
  readonly buffer = new RowBuffer(FEATURE_COUNT);

  give(event: InputEvent, emit = true): StepResult {
    return ingest(this.stream, event, TRIGGER, this.buffer, emit);
  }

  demand(t: number, demandMw = smooth(t), overrides: Partial<DemandEvent> = {}): StepResult {
    return this.give(demandEvent(t, demandMw, STEP, overrides));
  }

  /** Fills history so that the latest interval is the one before NOW. */
  history(lengthMs: number): void {
    for (let t = NOW - lengthMs; t < NOW; t += STEP) this.give(demandEvent(t, smooth(t), STEP), false);
  }
}

export function requestOf(result: { readonly request: NowcastRequest | null }): NowcastRequest {
  expect(result.request).not.toBeNull();
  return result.request as NowcastRequest;
}
