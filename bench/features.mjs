/** Feature rows: writing them alone, and through the whole step (quality, state, what is due, features). */
import { ZoneProfiles } from '../dist/config/zone-profiles.js';
import { FEATURE_COUNT } from '../dist/features/feature-names.js';
import { RowBuffer } from '../dist/features/row-buffer.js';
import { writeFeatureRows } from '../dist/features/vector.js';
import { createZoneStream, ingest } from '../dist/nowcast/step.js';
import { interleave, timed } from './support/measure.mjs';
import { DAY_MS, FROM_MS, simulatedEvents, SIMULATED_ZONES, WARM_DAYS } from './support/simulated.mjs';

const NOWCASTS_PER_BATCH = 64;

export async function run({ quick }) {
  const days = quick ? 0.1 : 4;
  const warmEndMs = FROM_MS + WARM_DAYS * DAY_MS;
  const inputs = new Map(
    [true, false].map((weather) => [
      weather,
      {
        warm: simulatedEvents(FROM_MS, warmEndMs, { weather }),
        live: simulatedEvents(warmEndMs, warmEndMs + days * DAY_MS, { weather }),
      },
    ]),
  );
  const variants = [
    { name: 'feature rows alone, with weather', weather: true, apply: rowsAlone },
    { name: 'feature rows alone, without weather', weather: false, apply: rowsAlone },
    { name: 'whole step, with weather', weather: true, apply: wholeStep },
    { name: 'whole step, without weather', weather: false, apply: wholeStep },
  ].map(({ name, weather, apply }) => ({ name, run: () => measure(inputs.get(weather), apply) }));
  const medians = await interleave(variants, { rounds: quick ? 1 : 7 });
  const base = medians.get(variants[0].name).nsPerRow;
  const horizons = new ZoneProfiles(SIMULATED_ZONES).profile(SIMULATED_ZONES[0].zone).horizonsMinutes.length;
  return [
    {
      caption: `One origin with ${horizons} horizons of ${FEATURE_COUNT} features`,
      columns: ['variant', 'rows/CPU-second', 'ns a row', 'µs a nowcast', 'ratio'],
      rows: [...medians].map(([name, { nsPerRow }]) => [
        name,
        1e9 / nsPerRow,
        nsPerRow,
        (nsPerRow * horizons) / 1000,
        nsPerRow / base,
      ]),
    },
  ];
}

/** Time over the live events of fresh streams that have seen the warm ones. */
async function measure({ warm, live }, apply) {
  const profiles = new ZoneProfiles(SIMULATED_ZONES);
  const streams = new Map(
    SIMULATED_ZONES.map(({ zone }) => [zone, createZoneStream(profiles.profile(zone))]),
  );
  const buffer = new RowBuffer(FEATURE_COUNT);
  for (const event of warm) ingest(streams.get(event.zone), event, null, buffer, false);
  let rows = 0;
  let nowcasts = 0;
  const { cpuSeconds } = await timed(() => {
    for (const event of live) {
      if (!apply(streams.get(event.zone), event, buffer)) continue;
      nowcasts += 1;
      if (nowcasts % NOWCASTS_PER_BATCH !== 0) continue;
      rows += buffer.rows;
      buffer.reset();
    }
  });
  rows += buffer.rows;
  return { nsPerRow: (cpuSeconds * 1e9) / rows };
}

/** The value goes into the state by the shortest way; what is measured is the rows. */
function rowsAlone({ state, profile }, event, buffer) {
  if (event.type === 'weather') state.setWeather(event);
  if (event.type === 'forecast') state.setForecast(event);
  if (event.type !== 'demand') return false;
  state.setDemand(event.validTimeMs, event.demandMw, event.revision);
  writeFeatureRows(state, event.validTimeMs, event.availableAtMs, profile.horizonsMinutes, buffer);
  return true;
}

function wholeStep(stream, event, buffer) {
  const { request } = ingest(stream, event, null, buffer, true);
  return request !== null && request.modelUsable;
}
