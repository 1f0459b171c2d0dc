import type { ZoneProfile } from '../../features/zone-profile.js';
import { type EventColumns, toEvents } from '../event-columns.js';
import type { PoolingLimits, PoolingOptions, PoolingRecord } from './pool.js';

/** A donor as it crosses to a training thread: its columns are shared with every thread, not copied. */
export interface DonorColumns {
  readonly profile: ZoneProfile;
  readonly columns: EventColumns;
}

/** What a thread needs to pool a zone. */
export interface DonorOrder extends PoolingLimits {
  readonly donors: readonly DonorColumns[];
  readonly passedOver: PoolingRecord['ignored'];
}

/** The donors of a task, each made into events when it is needed. */
export function poolingOf({ donors, ...order }: DonorOrder): PoolingOptions {
  return {
    ...order,
    donors: donors.map(({ profile, columns }) => ({ profile, events: () => toEvents(columns) })),
  };
}
