import type { InputEvent } from '../../features/input-event.js';
import type { ZoneProfile } from '../../features/zone-profile.js';
import { drawFrom } from '../dataset.js';
import { horizonKernel } from '../horizon-kernel.js';
import { seededRandom } from '../random.js';
import { inReplayOrder } from '../replay-order.js';
import { type ReplayedRows, replayRows } from '../replayed-rows.js';
import { horizonWeights, planSampling } from '../sampling.js';
import { type DonorScale, scaleEvents, scaleProfile } from './donor-scale.js';

export interface DonorRowsOptions {
  /** Nothing that became available later is used. */
  readonly untilMs: number;
  /** Of the target zone. */
  readonly horizonsMinutes: readonly number[];
  readonly rowBudget: number;
  readonly seed: number;
}

/**
 * Rows of a donor as the stream would have computed them then, had the donor been of the size of the target zone: its
 * demand is rescaled before it is replayed, so that no feature, baseline or target has to be.
 */
export function donorRows(
  events: readonly InputEvent[],
  profile: ZoneProfile,
  scale: DonorScale,
  options: DonorRowsOptions,
): ReplayedRows {
  const { horizonsMinutes, rowBudget } = options;
  const ordered = inReplayOrder(scaleEvents(events, scale), options.untilMs);
  const origins = ordered.reduce((sum, { type }) => sum + (type === 'demand' ? 1 : 0), 0);
  const plan = planSampling(rowBudget, origins, horizonsMinutes.length);
  const weights = horizonWeights(horizonKernel(horizonsMinutes));
  const random = seededRandom(options.seed);
  const as = { ...scaleProfile(profile, scale), horizonsMinutes };
  return replayRows(ordered, as, () => drawFrom(plan, weights, random), rowBudget);
}
