/** The whole line at full speed: records appended to the log, nowcasts in the log. */
import { runThroughput } from './e2e/run-throughput.mjs';
import { interleave } from './support/measure.mjs';
import { withScratch } from './support/scratch.mjs';

const ELEVEN = [5, 15, 30, 60, 90, 120, 180, 240, 360, 720, 1440];

export async function run({ quick, servers, model }) {
  const usual = await model('default');
  const deep = await model('trees-300x63');
  const days = quick ? 0.05 : 10;
  return withScratch(async (dir) => {
    const of = (name, options) => ({
      name,
      run: () => measure({ dir, kafka: null, model: usual, days, whole: false, ...options }),
    });
    const shapes = [
      of('stream alone, 58 horizons', {}),
      of('stream alone, 11 horizons', { horizonsMinutes: ELEVEN }),
      of('stream alone, 11 horizons, 300 trees of 63 leaves', { horizonsMinutes: ELEVEN, model: deep }),
      of('stream, history and live view, 58 horizons', { whole: true }),
      of('stream, history and live view, 11 horizons', { whole: true, horizonsMinutes: ELEVEN }),
    ];
    const tables = [await table('Embedded log', shapes, quick)];
    const { kafka } = servers;
    if (kafka !== null) {
      const drivers = [
        of('embedded log, stream, history and live view, 58 horizons', { whole: true }),
        of('Kafka log, stream, history and live view, 58 horizons', { whole: true, kafka }),
        of('embedded log, stream alone, 11 horizons', { horizonsMinutes: ELEVEN }),
        of('Kafka log, stream alone, 11 horizons', { horizonsMinutes: ELEVEN, kafka }),
      ];
      tables.push(await table('Embedded log and Kafka', drivers, quick));
    }
    return tables;
  });
}

async function table(caption, variants, quick) {
  const medians = await interleave(variants, { rounds: quick ? 1 : 3, warmups: quick ? 0 : 1 });
  const base = medians.get(variants[0].name).nowcastsPerCpuSecond;
  return {
    caption,
    columns: ['variant', 'events/s', 'nowcasts/s', 'nowcasts/CPU-second', 'CPU µs a nowcast', 'ratio'],
    rows: [...medians].map(([name, { eventsPerSecond, nowcastsPerSecond, nowcastsPerCpuSecond }]) => [
      name,
      eventsPerSecond,
      nowcastsPerSecond,
      nowcastsPerCpuSecond,
      1e6 / nowcastsPerCpuSecond,
      nowcastsPerCpuSecond / base,
    ]),
  };
}

async function measure(options) {
  const { seconds, cpuSeconds, events, nowcasts } = await runThroughput(options);
  return {
    eventsPerSecond: events / seconds,
    nowcastsPerSecond: nowcasts / seconds,
    nowcastsPerCpuSecond: nowcasts / cpuSeconds,
  };
}
