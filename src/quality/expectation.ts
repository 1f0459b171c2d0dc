import { DAY_MS } from '../contracts/time.js';
import type { DemandView } from './verdict.js';

/** How many steps back (and forth, for data that arrive late) a neighbour may lie. */
export const NEIGHBOUR_STEPS = 6;
/** Neighbours that vote on the level, so that one bad accepted value cannot speak for all of them. */
const VOTERS = 3;
const REFERENCE_DAYS = [1, 7] as const;

/** How far a value is from what its accepted neighbours let one expect. */
export interface Deviation {
  /** Expectation that is nearest to the value, megawatts. */
  readonly expectedMw: number;
  /** Steps between the value and its nearest accepted neighbour. */
  readonly gapSteps: number;
  readonly deviationMw: number;
}

/**
 * Smallest deviation of a value from any credible expectation of one side of it: the nearest accepted neighbour and
 * the median of the nearest three, each carried to the value's time by persistence and by the ramp of the same
 * minutes one day and seven days before.
 * @param direction -1 looks at the values before, +1 at those after
 * @returns null when there is no accepted neighbour within NEIGHBOUR_STEPS
 */
export function deviationFrom(
  view: DemandView,
  validTimeMs: number,
  valueMw: number,
  stepMs: number,
  direction: -1 | 1,
): Deviation | null {
  const expected: Deviation[] = [];
  for (let gap = 1; gap <= NEIGHBOUR_STEPS && expected.length < VOTERS; gap++) {
    const neighbourMs = validTimeMs + direction * gap * stepMs;
    const neighbourMw = view.demandAt(neighbourMs);
    if (!Number.isNaN(neighbourMw))
      expected.push(nearest(view, validTimeMs, valueMw, neighbourMs, neighbourMw, gap));
  }
  const first = expected[0];
  if (first === undefined) return null;
  if (expected.length < VOTERS) return first;
  const median = [...expected].sort((a, b) => a.expectedMw - b.expectedMw)[(VOTERS - 1) / 2] ?? first;
  // The nearest neighbour says how long ago the level was last seen, whoever the median comes from.
  return median.deviationMw < first.deviationMw ? { ...median, gapSteps: first.gapSteps } : first;
}

/** Deviation from one earlier value, carried to the value's time as above. */
export function carriedDeviation(
  view: DemandView,
  validTimeMs: number,
  valueMw: number,
  from: { readonly validTimeMs: number; readonly demandMw: number },
  stepMs: number,
): Deviation {
  const gapSteps = (validTimeMs - from.validTimeMs) / stepMs;
  return nearest(view, validTimeMs, valueMw, from.validTimeMs, from.demandMw, gapSteps);
}

function nearest(
  view: DemandView,
  validTimeMs: number,
  valueMw: number,
  neighbourMs: number,
  neighbourMw: number,
  gapSteps: number,
): Deviation {
  let expectedMw = neighbourMw;
  for (const days of REFERENCE_DAYS) {
    const back = days * DAY_MS;
    const ramped = neighbourMw + view.demandAt(validTimeMs - back) - view.demandAt(neighbourMs - back);
    if (Math.abs(valueMw - ramped) < Math.abs(valueMw - expectedMw)) expectedMw = ramped;
  }
  return { expectedMw, gapSteps, deviationMw: Math.abs(valueMw - expectedMw) };
}
