/**
 * What rows of other zones are worth to a zone with a short history: trained alone and pooled, on the last so many days
 * before each start, then walked forward. The other zones keep two years before the start.
 *   node bench/train-pooling.mjs --demand F.csv.gz --zones A,B,C --donors A,B,C,D --from 2022-04-01,2022-12-01
 *     [--days 14,30] [--test-days 75] [--horizons 60,1440] [--timezone America/Los_Angeles] [--holidays US-CA] [--seed 1]
 */
import { parseArgs } from 'node:util';
import { planCsv } from '../dist/collect/import.js';
import { buildProfile } from '../dist/config/zone-profiles.js';
import { toInputEvent } from '../dist/nowcast/decode-input.js';
import { backtest } from '../dist/train/backtest.js';

const DAY_MS = 86_400_000;
const DONOR_DAYS = 730;

const { values } = parseArgs({
  options: {
    demand: { type: 'string' },
    zones: { type: 'string' },
    donors: { type: 'string' },
    from: { type: 'string' },
    days: { type: 'string', default: '7.5,14,30,60,120,240,365' },
    'test-days': { type: 'string', default: '75' },
    horizons: { type: 'string', default: '60,180,360,1440' },
    timezone: { type: 'string', default: 'America/Los_Angeles' },
    holidays: { type: 'string', default: 'US-CA' },
    seed: { type: 'string', default: '1' },
  },
});
const list = (name) => (values[name] ?? '').split(',').filter((one) => one !== '');
const horizons = list('horizons').map(Number);
const zones = list('zones');
const donors = list('donors');

const { plan } = await planCsv({ demandPath: values.demand, onProblem: () => undefined });
const events = new Map([...zones, ...donors].map((zone) => [zone, []]));
for (const { records } of plan.chunks())
  for (const { topic, value } of records) events.get(value.zone)?.push(toInputEvent(topic, value));

for (const days of list('days').map(Number)) {
  const cells = [];
  for (const from of list('from')) {
    for (const zone of zones) {
      const lenders = donors.filter((one) => one !== zone);
      const alone = await test(zone, days, Date.parse(from), []);
      const pooled = await test(zone, days, Date.parse(from), lenders);
      cells.push({ alone, pooled });
      process.stderr.write(`${JSON.stringify({ days, from, zone, alone, pooled })}\n`);
    }
  }
  for (const minutes of horizons) process.stdout.write(`${row(days, minutes, cells)}\n`);
}

/** @returns MAPE by horizon of the model and of the better ramp; null when the history is too short */
async function test(zone, days, testFromMs, lenders) {
  const endMs = testFromMs + Number(values['test-days']) * DAY_MS;
  const within = (fromMs, { validTimeMs }) => validTimeMs >= fromMs && validTimeMs < endMs;
  const lend = (one) => ({
    profile: profileOf(one),
    events: () => events.get(one).filter((event) => within(testFromMs - DONOR_DAYS * DAY_MS, event)),
  });
  try {
    const result = await backtest({
      events: events.get(zone).filter((event) => within(testFromMs - days * DAY_MS, event)),
      profile: { ...profileOf(zone), horizonsMinutes: horizons },
      testFromMs,
      futureWeather: 'none',
      seed: Number(values.seed),
      fit: { effort: 'daily', pooling: { maxHistoryDays: Infinity, donors: lenders.map(lend) } },
    });
    return result.horizons.map(({ mape, baselines }) => ({
      mape: Number(mape.toFixed(4)),
      ramp: Number(Math.min(baselines.ramp24h, baselines.ramp7d).toFixed(4)),
    }));
  } catch (error) {
    if (error.code === 'TRAINING_DATA_SHORT') return null;
    throw error;
  }
}

function profileOf(zone) {
  const config = { zone, timeZone: values.timezone, holidays: values.holidays };
  return buildProfile(config, plan.stepMinutes.get(zone));
}

function row(days, minutes, cells) {
  const h = horizons.indexOf(minutes);
  const mean = (of) => cells.reduce((sum, cell) => sum + of(cell), 0) / cells.length;
  const pooled = mean((cell) => cell.pooled[h].mape);
  const ramp = mean((cell) => cell.pooled[h].ramp);
  const rest = cells.some(({ alone }) => alone === null)
    ? ['-', pooled.toFixed(2), '-', '-']
    : [
        mean((cell) => cell.alone[h].mape).toFixed(2),
        pooled.toFixed(2),
        `${(100 * mean((cell) => cell.pooled[h].mape / cell.alone[h].mape - 1)).toFixed(1)} %`,
        `${cells.filter((cell) => cell.pooled[h].mape < cell.alone[h].mape).length} of ${cells.length}`,
      ];
  return `| ${[days, `${minutes} min`, ramp.toFixed(2), ...rest].join(' | ')} |`;
}
