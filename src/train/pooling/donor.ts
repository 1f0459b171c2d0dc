import type { InputEvent } from '../../features/input-event.js';
import type { ZoneProfile } from '../../features/zone-profile.js';

/** A zone with a longer history that lends rows to one with a short history. */
export interface Donor {
  /** Its own: time zone, holidays and limits; its horizons are not used. */
  readonly profile: ZoneProfile;
  /** Its events, each type in log order; made when they are needed, so that one donor at a time is in memory. */
  readonly events: () => readonly InputEvent[];
}
