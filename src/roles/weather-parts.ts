import type { RuntimeConfig } from '../config/types.js';
import { NWS_SOURCE, NwsCollector } from '../collect/live/nws-collector.js';
import { OPEN_METEO_SOURCE, OpenMeteoCollector } from '../collect/live/open-meteo-collector.js';
import { PlaceList, type ZonePlaces } from '../collect/live/place-list.js';
import type { Publisher } from '../collect/live/round.js';
import { weatherChunks } from '../collect/weather-history.js';
import { toIso } from '../contracts/time.js';
import type { Pacer } from '../sources/http/host-turns.js';
import { fetchNwsHourly, fetchNwsPoint } from '../sources/nws/fetch-nws.js';
import { fetchRecentWeather, type Place } from '../sources/open-meteo/fetch-open-meteo.js';
import type { OpenClient } from './caiso-parts.js';
import type { SourcePart } from './source-part.js';

const PAUSE_MS = 1_000;

/** The sources of weather that the configuration names, for the zones that have weather points. */
export function weatherParts(
  config: RuntimeConfig,
  publisher: Publisher,
  open: OpenClient,
  pacer: Pacer,
): SourcePart[] {
  const { weather, weatherStandby } = config.sources;
  const zones = config.zones.flatMap(({ zone, weatherPoints: points = [] }) =>
    points.length === 0 ? [] : [{ zone, points }],
  );
  const [place] = new PlaceList(zones).places;
  if (place === undefined || weather === 'none') return [];
  const standby = weather === 'open-meteo' && weatherStandby === 'nws';
  return [
    ...(weather === 'open-meteo' ? [openMeteoPart(config, publisher, open, pacer, zones, place)] : []),
    ...(weather === 'nws' || standby ? [nwsPart(config, publisher, open, zones, place, standby)] : []),
  ];
}

function openMeteoPart(
  { sources }: RuntimeConfig,
  publisher: Publisher,
  open: OpenClient,
  pacer: Pacer,
  zones: readonly ZonePlaces[],
  place: Place,
): SourcePart {
  const client = open(OPEN_METEO_SOURCE, sources.openMeteoUrl, PAUSE_MS);
  const history = {
    archive: open('open-meteo-archive', sources.openMeteoArchiveUrl, PAUSE_MS),
    historicalForecast: open(
      'open-meteo-historical-forecast',
      sources.openMeteoHistoricalForecastUrl,
      PAUSE_MS,
    ),
    previousRuns: open('open-meteo-previous-runs', sources.openMeteoPreviousRunsUrl, PAUSE_MS),
    publisher,
    zones,
  };
  return {
    name: OPEN_METEO_SOURCE,
    client: OPEN_METEO_SOURCE,
    zones: zones.map(({ zone }) => zone),
    collectors: [new OpenMeteoCollector({ client, publisher, zones })],
    fills: 'weather.observed',
    history: (fromMs, toMs) => weatherChunks(history, fromMs, toMs, pacer.nowMs()),
    probe: async () => {
      const { rows } = await fetchRecentWeather(client, [place], 1, 1);
      return `${rows.length} hours of weather at the first point`;
    },
  };
}

function nwsPart(
  { sources }: RuntimeConfig,
  publisher: Publisher,
  open: OpenClient,
  zones: readonly ZonePlaces[],
  place: Place,
  standby: boolean,
): SourcePart {
  const client = open(NWS_SOURCE, sources.nwsUrl, PAUSE_MS);
  return {
    name: NWS_SOURCE,
    client: NWS_SOURCE,
    zones: zones.map(({ zone }) => zone),
    collectors: [new NwsCollector({ client, publisher, zones, standby })],
    fills: null,
    history: () => [],
    probe: async () => {
      const { issuedAtMs, rows } = await fetchNwsHourly(client, await fetchNwsPoint(client, place));
      return `forecast of ${rows.length} hours at the first point, issued ${toIso(issuedAtMs)}`;
    },
  };
}
