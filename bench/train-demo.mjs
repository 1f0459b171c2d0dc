/**
 * Time from simulated history in the log to published models: every zone of the simulator, one history each.
 *   node bench/train-demo.mjs [--days 60] [--rows 40000] [--concurrency 2]
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '60' },
    rows: { type: 'string' },
    held: { type: 'string' },
    gbdt: { type: 'string', default: '{}' },
    concurrency: { type: 'string', default: '2' },
    dist: { type: 'string', default: new URL('../dist/', import.meta.url).pathname },
  },
});
const load = (file) => import(`${values.dist}/${file}`);
const { Simulation } = await load('sources/simulator/simulation.js');
const { openLocalCodec } = await load('log/local-codec.js');
const { openEmbeddedLog } = await load('log/embedded-log.js');
const { ZoneProfiles } = await load('config/zone-profiles.js');
const { signerFromPem } = await load('model/signature.js');
const { trainZones } = await load('train/trainer.js');

const topicsDir = new URL('../topics/', import.meta.url).pathname;
const topics = readdirSync(topicsDir).map((file) =>
  JSON.parse(readFileSync(path.join(topicsDir, file), 'utf8')),
);
const dir = mkdtempSync(path.join(tmpdir(), 'nowcast-bench-'));
const log = await openEmbeddedLog({ dir: path.join(dir, 'log') });
try {
  const codec = await openLocalCodec({ dir });
  await codec.register(topics.map(({ name }) => name));
  await log.ensureTopics(topics);
  const untilMs = Date.parse('2025-07-01T00:00:00Z');
  const byTopic = new Map();
  for (const { topic, availableAtMs, value } of new Simulation({ seed: 1 }).records(
    untilMs - Number(values.days) * 86_400_000,
    untilMs,
  )) {
    if (!byTopic.has(topic)) byTopic.set(topic, []);
    byTopic
      .get(topic)
      .push({ key: value.zone, value: codec.encode(topic, value), timestampMs: availableAtMs });
  }
  for (const [topic, records] of byTopic) {
    for (let i = 0; i < records.length; i += 2000) await log.append(topic, records.slice(i, i + 2000));
  }
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const outcomes = await trainZones({
    log,
    codec,
    signer: signerFromPem(pem),
    profiles: new ZoneProfiles([], { timeZone: 'America/Los_Angeles', holidays: 'US-CA' }),
    kind: 'initial',
    nowMs: untilMs,
    seed: 1,
    concurrency: Number(values.concurrency),
    gbdt: JSON.parse(values.gbdt),
    ...(values.rows ? { rowBudget: Number(values.rows) } : {}),
    ...(values.held ? { heldOutRowBudget: Number(values.held) } : {}),
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  for (const { zone, status, seconds: own, rows, model, onnxDifference, error } of outcomes) {
    const reason = error?.message ?? model.manifest.gate.reasons.join();
    console.log(
      `${zone}: ${status}, ${rows} rows, ${own.toFixed(1)} s, ONNX differs by ${onnxDifference?.toExponential(1)}, ${reason}, ${model?.manifest.artifactBytes} bytes`,
    );
  }
  console.log(
    JSON.stringify({
      zones: outcomes.length,
      seconds: Number(seconds.toFixed(1)),
      cpuSeconds: Number(((user + system) / 1e6).toFixed(1)),
    }),
  );
} finally {
  await log.close();
  rmSync(dir, { recursive: true });
}
