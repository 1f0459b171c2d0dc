import { ZoneProfiles } from '../../dist/config/zone-profiles.js';
import { FEATURE_COUNT } from '../../dist/features/feature-names.js';
import { RowBuffer } from '../../dist/features/row-buffer.js';
import { createZoneStream, ingest } from '../../dist/nowcast/step.js';
import { DAY_MS, FROM_MS, simulatedEvents, SIMULATED_ZONES, WARM_DAYS } from './simulated.mjs';

const ZONE = SIMULATED_ZONES[0].zone;

/** Rows of consecutive origins of one zone. */
export function realRows(nowcasts) {
  const stream = createZoneStream(new ZoneProfiles(SIMULATED_ZONES).profile(ZONE));
  const buffer = new RowBuffer(FEATURE_COUNT);
  const warmEndMs = FROM_MS + WARM_DAYS * DAY_MS;
  let made = 0;
  for (const event of simulatedEvents(FROM_MS, warmEndMs + 5 * DAY_MS, { weather: true })) {
    if (event.zone !== ZONE) continue;
    const emit = event.availableAtMs >= warmEndMs;
    if (ingest(stream, event, null, buffer, emit).request !== null) made += 1;
    if (made === nowcasts) break;
  }
  return buffer;
}
