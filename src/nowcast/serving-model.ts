import type { ZoneProfile } from '../features/zone-profile.js';
import type { ActiveModels } from '../model/active-models.js';
import type { LoadedModel } from '../model/loaded-model.js';
import type { Logger } from '../ops/logger.js';

const warned = new WeakSet<LoadedModel>();

/**
 * The model that serves a zone, if it was made for the zone as it is configured here: same step, same calendar. One
 * made for another calendar would be wrong in silence, so it does not serve; said once.
 */
export function servingModel(
  models: ActiveModels,
  profile: ZoneProfile | null,
  logger: Logger,
): LoadedModel | null {
  const model = profile === null ? null : models.forZone(profile.zone);
  if (model === null || profile === null) return null;
  const { version, stepMinutes, timeZone, holidays } = model.manifest;
  const made = `${stepMinutes} min, ${timeZone}, holidays ${holidays === '' ? 'none' : holidays}`;
  const here = `${profile.stepMs / 60_000} min, ${profile.timeZone}, holidays ${profile.holidays === '' ? 'none' : profile.holidays}`;
  if (made === here) return model;
  if (!warned.has(model)) {
    warned.add(model);
    logger.error(
      { zone: profile.zone, version },
      `model does not fit its zone: made for ${made}; configured here: ${here}. Train again or configure the zone`,
    );
  }
  return null;
}
