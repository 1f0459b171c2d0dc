/** From appending a demand record to its nowcast in the hands of a WebSocket client, at a steady rate. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { startServeRole } from '../dist/roles/serve-role.js';
import { startStreamRole } from '../dist/roles/stream-role.js';
import { endsOf, LIVE_FROM_MS, openBenchContext, until } from './e2e/bench-context.mjs';
import { quantile } from './support/measure.mjs';
import { withScratch } from './support/scratch.mjs';
import { appendOf, DAY_MS, simulatedRecords } from './support/simulated.mjs';

const PER_SECOND = 20;
const ROUNDS = 3;

export async function run({ quick, servers, model }) {
  const usual = await model('default');
  const samples = quick ? 5 : 200;
  return withScratch(async (dir) => {
    const variants = [{ name: 'embedded log', kafka: null }];
    if (servers.kafka !== null) variants.push({ name: 'Kafka log', kafka: servers.kafka });
    const seen = new Map(variants.map(({ name }) => [name, { ms: [], appendMs: [] }]));
    for (let round = 0; round < (quick ? 1 : ROUNDS); round += 1) {
      for (const { name, kafka } of variants) {
        const { ms, appendMs } = await measure({ dir, kafka, model: usual }, samples);
        seen.get(name).ms.push(...ms);
        seen.get(name).appendMs.push(...appendMs);
      }
    }
    return [table(seen)];
  });
}

function table(seen) {
  const base = quantile(seen.get('embedded log').ms, 0.5);
  return {
    caption: `${PER_SECOND} records/s, append called to frame received, 58 horizons`,
    columns: ['variant', 'nowcasts', 'p50 ms', 'p90 ms', 'p99 ms', 'of which append p50 ms', 'p50 ratio'],
    rows: [...seen].map(([name, { ms, appendMs }]) => [
      name,
      ms.length,
      ...[0.5, 0.9, 0.99].map((q) => quantile(ms, q)),
      quantile(appendMs, 0.5),
      quantile(ms, 0.5) / base,
    ]),
  };
}

async function measure(options, samples) {
  const context = await openBenchContext(options);
  const stream = await startStreamRole(context, { live: false, emitSinceMs: LIVE_FROM_MS, onFatal: fail });
  const serve = await startServeRole(context, { roles: ['bench'], startedAtMs: Date.now() });
  const listener = new Worker(new URL('e2e/feed-listener.mjs', import.meta.url), {
    workerData: { url: `${serve.url.replace('http', 'ws')}/v1/feed` },
  });
  const isReady = ready(listener);
  try {
    const ends = await endsOf(context);
    await until(() => stream.hasNowcast(ends));
    await isReady;
    return await play(context, listener, samples);
  } finally {
    listener.postMessage('close');
    await once(listener, 'exit');
    await serve.close();
    await stream.close();
    await context.discard();
  }
}

/** Demand alone, so that each record has the one nowcast that it causes. */
async function play({ log, codec }, listener, samples) {
  const demand = simulatedRecords(LIVE_FROM_MS, LIVE_FROM_MS + DAY_MS)
    .filter(({ topic }) => topic === 'demand.observed')
    .slice(0, samples);
  if (demand.length < samples) throw new Error(`the simulated day holds ${demand.length} records only`);
  const appendedAtUs = new Map();
  const appendMs = [];
  const ms = [];
  let problem = null;
  listener.on('message', ({ zone, origin, quality, arrivedAtUs }) => {
    const startedUs = appendedAtUs.get(`${zone}|${origin}`);
    if (startedUs === undefined) problem ??= `a nowcast of ${zone} ${origin} that nothing caused`;
    else if (quality === 'fallback') problem ??= `the nowcast of ${zone} ${origin} is a fallback`;
    else ms.push((arrivedAtUs - startedUs) / 1000);
  });
  const beganAt = performance.now();
  for (const [i, { topic, value, availableAtMs }] of demand.entries()) {
    const waitMs = beganAt + (i * 1000) / PER_SECOND - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const record = appendOf(codec, topic, value, availableAtMs);
    const startedUs = Number(process.hrtime.bigint() / 1000n);
    appendedAtUs.set(`${value.zone}|${value.validTime}`, startedUs);
    await log.append(topic, [record]);
    appendMs.push(Number(process.hrtime.bigint() / 1000n - BigInt(startedUs)) / 1000);
  }
  await until(() => ms.length >= samples || problem !== null);
  if (problem !== null) throw new Error(problem);
  return { ms, appendMs };
}

async function ready(listener) {
  const [first] = await once(listener, 'message');
  if (!first.ready) throw new Error('the feed sent a nowcast before its snapshot');
}

function fail(error) {
  throw error;
}
