/** The history: writing nowcasts, a point a horizon. */
import path from 'node:path';
import { openEmbeddedHistory } from '../dist/history/embedded-history.js';
import { openInfluxHistory } from '../dist/history/influx-history.js';
import { interleave, timed } from './support/measure.mjs';
import { sampleNowcast } from './support/samples.mjs';
import { withScratch } from './support/scratch.mjs';

const ZONES = ['BENCH-1', 'BENCH-2', 'BENCH-3', 'BENCH-4', 'BENCH-5'];
const STEP_MS = 300_000;

export async function run({ quick, servers }) {
  return withScratch(async (dir) => {
    const stores = [{ name: 'embedded', store: openEmbeddedHistory({ dir: path.join(dir, 'history') }) }];
    if (servers.influxUrl !== null) {
      const database = `bench_${process.pid}_${Date.now()}`;
      stores.push({
        name: 'InfluxDB',
        store: openInfluxHistory({ url: servers.influxUrl, database }),
        database,
      });
    }
    for (const { store } of stores) await store.open();
    try {
      return [await writes(stores, quick)];
    } finally {
      for (const { store, database } of stores) {
        if (database !== undefined) await drop(servers.influxUrl, database);
        await store.close();
      }
    }
  });
}

async function writes(stores, quick) {
  const originsPerWrite = quick ? 2 : 40;
  const writesPerRound = quick ? 1 : 5;
  let originMs = Math.floor(Date.now() / STEP_MS) * STEP_MS - 30 * 86_400_000;
  const points = sampleNowcast().steps.length;
  const variants = stores.map(({ name, store }) => ({
    name,
    run: async () => {
      const batches = Array.from({ length: writesPerRound }, () =>
        Array.from({ length: originsPerWrite }, () => (originMs += STEP_MS)).flatMap((at) =>
          ZONES.map((zone) => sampleNowcast(zone, at)),
        ),
      );
      const { seconds, cpuSeconds } = await timed(async () => {
        for (const nowcasts of batches) await store.write({ nowcasts });
      });
      const count = writesPerRound * originsPerWrite * ZONES.length * points;
      return { pointsPerSecond: count / seconds, cpuUs: (cpuSeconds * 1e6) / count };
    },
  }));
  const medians = await interleave(variants, { rounds: quick ? 1 : 7 });
  const base = medians.get('embedded').pointsPerSecond;
  return {
    caption: `Nowcasts of ${points} points, ${originsPerWrite * ZONES.length} a write`,
    columns: ['variant', 'points/s', 'ratio', 'CPU µs a point, this process'],
    rows: [...medians].map(([name, { pointsPerSecond, cpuUs }]) => [
      name,
      pointsPerSecond,
      pointsPerSecond / base,
      cpuUs,
    ]),
  };
}

async function drop(url, database) {
  await fetch(`${url}/query?q=${encodeURIComponent(`DROP DATABASE "${database}"`)}`, { method: 'POST' });
}
