/**
 * The trainer's accuracy on a canonical demand CSV, printed as the table of the reference forecaster.
 *   node bench/train-backtest.mjs --demand F.csv.gz [--weather F.csv.gz] [--future-weather none|perfect] --zone Z
 *     --test-from 2019-05-15T00:00:00Z [--horizons 5,15] [--timezone TZ] [--holidays US-CA] [--rows N] [--gbdt JSON]
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

const { values } = parseArgs({
  options: {
    demand: { type: 'string' },
    weather: { type: 'string' },
    'future-weather': { type: 'string', default: 'none' },
    zone: { type: 'string' },
    'test-from': { type: 'string' },
    horizons: { type: 'string' },
    step: { type: 'string', default: '5' },
    timezone: { type: 'string', default: 'UTC' },
    holidays: { type: 'string', default: '' },
    rows: { type: 'string' },
    held: { type: 'string' },
    refit: { type: 'string' },
    gbdt: { type: 'string', default: '{}' },
    seed: { type: 'string', default: '1' },
    dist: { type: 'string', default: new URL('../dist/', import.meta.url).pathname },
  },
});
const { backtest } = await import(`${values.dist}/train/backtest.js`);
const { defaultHorizonsMinutes } = await import(`${values.dist}/features/zone-profile.js`);

const linesOf = (file) => {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString()
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
};
const stepMinutes = Number(values.step);
const stepMs = stepMinutes * 60_000;
const zone = values.zone;
const demand = linesOf(values.demand)
  .filter(([of]) => of === zone)
  .map(([, time, mw]) => ({
    type: 'demand',
    zone,
    validTimeMs: Date.parse(time),
    availableAtMs: Date.parse(time) + stepMs,
    demandMw: Number(mw),
    revision: 0,
    source: 'csv',
  }));
const unknown = { temperatureC: NaN, shortwaveWm2: NaN, cloudPct: NaN, humidityPct: NaN, windMs: NaN };
const weather = (values.weather ? linesOf(values.weather) : [])
  .filter(([of]) => of === zone)
  .map(([, time, temp]) => ({
    type: 'weather',
    zone,
    validTimeMs: Date.parse(time),
    availableAtMs: Date.parse(time),
    values: { ...unknown, temperatureC: Number(temp) },
  }));

const cpuBefore = process.cpuUsage().user;
const result = await backtest({
  events: [...demand, ...weather],
  profile: {
    zone,
    stepMs,
    timeZone: values.timezone,
    holidays: values.holidays,
    horizonsMinutes: values.horizons
      ? values.horizons.split(',').map(Number)
      : defaultHorizonsMinutes(stepMinutes),
    limits: { minMw: 0, maxMw: 1e6, maxRampMwPerHour: Infinity },
    lateAfterMs: 3 * stepMs,
  },
  testFromMs: Date.parse(values['test-from']),
  futureWeather: values['future-weather'],
  ...(values.refit ? { refitEveryDays: Number(values.refit) } : {}),
  seed: Number(values.seed),
  fit: {
    gbdt: JSON.parse(values.gbdt),
    ...(values.rows ? { rowBudget: Number(values.rows) } : {}),
    ...(values.held ? { heldOutRowBudget: Number(values.held) } : {}),
  },
});
console.log(
  `${zone}: ${result.rows} rows, trained in ${result.trainSeconds.toFixed(1)} s, ${((process.cpuUsage().user - cpuBefore) / 1e6).toFixed(1)} s CPU in all`,
);
console.log(
  '| horizon | n | persistence | ramp 24 h | ramp 7 d | model | coverage 80 |\n|---|---|---|---|---|---|---|',
);
const shown = new Set([5, 15, 30, 60, 180, 360, 720, 1440]);
for (const row of result.horizons) {
  if (!values.horizons && !shown.has(row.minutes)) continue;
  const { persistence, ramp24h, ramp7d } = row.baselines;
  console.log(
    `| ${row.minutes} min | ${row.n} | ${[persistence, ramp24h, ramp7d, row.mape].map((value) => value.toFixed(3)).join(' | ')} | ${row.coverage80.toFixed(1)} |`,
  );
}
