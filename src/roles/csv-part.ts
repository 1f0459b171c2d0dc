import type { ZoneConfig } from '../config/types.js';
import { CsvCollector } from '../collect/live/csv-collector.js';
import type { Publisher } from '../collect/live/round.js';
import { MINUTE_MS, toIso } from '../contracts/time.js';
import type { OpenClient } from './caiso-parts.js';
import type { SourcePart } from './source-part.js';

const PAUSE_MS = 1_000;

/** A zone that is filled from a CSV over HTTP. */
export function csvPart(
  { zone, source, stepMinutes = 60 }: ZoneConfig,
  publisher: Publisher,
  open: OpenClient,
): SourcePart[] {
  if (source?.kind !== 'csv' || source.url === undefined) return [];
  const { origin, pathname, search } = new URL(source.url);
  const client = open(`csv ${zone}`, origin, PAUSE_MS);
  const everyMs = (source.everyMinutes ?? stepMinutes) * MINUTE_MS;
  const path = pathname + search;
  const collector = new CsvCollector({ client, publisher, zone, path, stepMinutes, everyMs });
  return [
    {
      name: collector.name,
      client: collector.name,
      zones: [zone],
      collectors: [collector],
      fills: null,
      // The file is its own history: each answer is published as far as it is new.
      history: () => [],
      probe: async (nowMs) => {
        const { rows, problems } = await collector.read(nowMs, false);
        const newest = rows.at(-1);
        const found = newest === undefined ? 'no row of the zone' : `newest row ${toIso(newest.startMs)}`;
        const [first] = problems;
        return first === undefined
          ? found
          : `${found}; ${problems.length} rows cannot be used, first ${first.where}: ${first.reason}`;
      },
    },
  ];
}
