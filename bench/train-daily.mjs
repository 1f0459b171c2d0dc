/**
 * The daily training as the train role runs it: five simulated zones, two years of five-minute demand with weather, from
 * the embedded log to published models. Writing the log is not part of it; the training is a process of its own, so that
 * its memory is its own.
 *   node bench/train-daily.mjs [--days 730] [--kind weekly --zones "SIM-1,SIM-2" --search-minutes 10]
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { loadConfig } from '../dist/config/load-config.js';
import { createLogger } from '../dist/ops/logger.js';
import { openContext } from '../dist/roles/context.js';
import { runTraining } from '../dist/roles/run-training.js';
import { simulatorZones } from '../dist/sources/simulator/zones.js';
import { withScratch } from './support/scratch.mjs';
import { DAY_MS, encodedChunks } from './support/simulated.mjs';

const UNTIL_MS = Date.parse('2025-07-01T00:00:00Z');
const BUDGET = { seconds: 180, peakMb: 2048 };
const SELF = fileURLToPath(import.meta.url);
const MB = 1024 * 1024;

export async function run({ quick }) {
  return withScratch(async (dir) => {
    await write(dir, quick ? 24 : 730);
    const result = await train(dir);
    return tablesOf(result);
  });
}

export function tablesOf({ zones, records, seconds, cpuSeconds, peakMb, startMb, runs }) {
  return [
    {
      caption: `Daily training of ${zones} zones: budget ${BUDGET.seconds} s and ${BUDGET.peakMb} MB on 2 cores`,
      columns: [
        'input records',
        'wall seconds',
        'CPU seconds',
        'peak RSS, MB',
        'RSS before, MB',
        'within budget',
      ],
      rows: [
        [
          records,
          seconds,
          cpuSeconds,
          peakMb,
          startMb,
          seconds <= BUDGET.seconds && peakMb <= BUDGET.peakMb ? 'yes' : 'no',
        ],
      ],
    },
    {
      caption: 'Its zones',
      columns: ['zone', 'outcome', 'rows', 'wall seconds', 'thread CPU seconds'],
      rows: runs.map((one) => [one.zone, one.status, one.rows, one.seconds, one.cpuSeconds]),
    },
  ];
}

/** Opens the context of the product on a data directory. */
function open(dir, timeBudgetMinutes) {
  const loaded = loadConfig({ dataDir: dir });
  const training = { ...loaded.training, ...(timeBudgetMinutes && { timeBudgetMinutes }) };
  const config = { ...loaded, training, zones: simulatorZones() };
  return openContext({
    config,
    logger: createLogger({ level: 'warn', pretty: false }),
    now: () => UNTIL_MS,
  });
}

async function write(dir, days) {
  const context = await open(dir);
  try {
    const fromMs = UNTIL_MS - days * DAY_MS;
    const monthMs = 30 * DAY_MS;
    for (let at = fromMs; at < UNTIL_MS; at += monthMs) {
      const end = Math.min(UNTIL_MS, at + monthMs);
      for (const chunk of encodedChunks(context.codec, at, end)) {
        for (const { topic, records } of chunk) await context.log.append(topic, records);
      }
      process.stderr.write(`written until ${new Date(end).toISOString().slice(0, 10)}\n`);
    }
  } finally {
    await context.close();
  }
}

async function train(dir, options = []) {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [SELF, '--train', dir, ...options]);
  process.stderr.write(stderr);
  return JSON.parse(stdout.split('\n').find((line) => line.startsWith('{')));
}

/** In the process of its own. */
async function trainHere(dir, { kind = 'daily', zones = '', 'search-minutes': minutes }) {
  const context = await open(dir, Number(minutes ?? 0));
  const marks = await Promise.all(
    ['demand.observed', 'weather.observed', 'weather.forecast'].map((topic) => context.log.watermarks(topic)),
  );
  const records = marks.flat().reduce((sum, { low, high }) => sum + high - low, 0);
  const startMb = Math.round(process.memoryUsage.rss() / MB);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const outcomes = await runTraining(context, {
    kind,
    zones: zones.split(',').filter(Boolean),
    nowMs: UNTIL_MS,
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  const cpuOf = new Map();
  for (const { partition, low } of await context.log.watermarks('training.runs')) {
    for await (const batch of context.log.read('training.runs', partition, low)) {
      for (const { value } of batch.records) {
        const { value: one } = context.codec.decode('training.runs', value);
        cpuOf.set(one.zone, one.resources?.cpuSeconds ?? 0);
        if (one.finishedAt !== null) process.stderr.write(`${one.zone} ${JSON.stringify(one.stages)}\n`);
      }
    }
  }
  await context.close();
  process.stdout.write(
    `${JSON.stringify({
      zones: outcomes.length,
      records,
      seconds: Number(seconds.toFixed(1)),
      cpuSeconds: Number(((user + system) / 1e6).toFixed(1)),
      peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
      startMb,
      runs: outcomes.map(({ zone, status, rows, seconds: own }) => ({
        zone,
        status,
        rows,
        seconds: Number(own.toFixed(1)),
        cpuSeconds: cpuOf.get(zone),
      })),
    })}\n`,
  );
}

if (process.argv[1] === SELF) {
  const { values } = parseArgs({
    options: {
      days: { type: 'string', default: '730' },
      kind: { type: 'string' },
      zones: { type: 'string' },
      'search-minutes': { type: 'string' },
      train: { type: 'string' },
    },
  });
  const { days, train: dirToTrain, ...asked } = values;
  if (dirToTrain !== undefined) await trainHere(dirToTrain, asked);
  else
    await withScratch(async (dir) => {
      await write(dir, Number(days));
      const options = Object.entries(asked).flatMap(([name, value]) => [`--${name}`, value]);
      console.log(JSON.stringify(await train(dir, options), null, 2));
    });
}
