import type { InputEvent } from '../../features/input-event.js';
import type { ZoneProfile } from '../../features/zone-profile.js';
import { buildDataset, type Dataset, type DatasetOptions } from '../dataset.js';
import { inReplayOrder } from '../replay-order.js';
import { cutTime, SHORTEST_POOLED_TRAIN_MS } from '../time-blocks.js';
import { type Pool, poolRows, type PoolingOptions } from './pool.js';

export interface PooledDataset {
  /** The zone's own rows. */
  readonly dataset: Dataset;
  /** What others lend; null when they are not asked. */
  readonly pool: Pool | null;
}

/**
 * The rows of a zone and those that others lend it. Where others lend, less history of its own will do.
 * @param pooling null for a zone that is trained on its own rows alone
 * @throws NowcastError TRAINING_DATA_SHORT
 */
export function pooledDataset(
  events: readonly InputEvent[],
  profile: ZoneProfile,
  options: DatasetOptions,
  pooling: PoolingOptions | null,
): PooledDataset {
  if (pooling === null || pooling.donors.length === 0) {
    const dataset = buildDataset(events, profile, options);
    return { dataset, pool: pooling && poolRows(events, dataset, pooling, options) };
  }
  const dataset = buildDataset(events, profile, { ...options, shortestTrainMs: SHORTEST_POOLED_TRAIN_MS });
  const pool = poolRows(events, dataset, pooling, options);
  const lent = pool?.before.reduce((sum, { rows }) => sum + rows, 0) ?? 0;
  // Nobody could lend after all: then the history has to be long enough by itself.
  if (lent === 0) cutTime(inReplayOrder(events, options.untilMs ?? Number.POSITIVE_INFINITY), profile);
  return { dataset, pool };
}
