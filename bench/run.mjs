/**
 * npm run bench                                     every benchmark; writes bench/results and docs/performance.md
 * npm run bench -- --only features,log              some of them
 *   --json F    all results in one file as well (`-` for standard output)
 *   --quick     tiny sizes, only to see that everything runs; writes nothing but --json
 *   --kafka     starts Kafka, registry and InfluxDB of its own (as npm run services:up does) and ends them afterwards;
 *               without it, those named by KAFKA_BROKERS, SCHEMA_REGISTRY_URL and INFLUX_URL are measured if they answer
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { environment } from './support/environment.mjs';
import { trainedModel, withTrees } from './support/model.mjs';
import { resultMarkdown, rewriteDocument, writeResult } from './support/report.mjs';
import { withScratch } from './support/scratch.mjs';
import { findServers } from './support/servers.mjs';

const NAMES = [
  'features',
  'inference',
  'codec',
  'log',
  'throughput',
  'latency',
  'history',
  'profile',
  'train',
  'train-daily',
  'quality',
  'drift',
];
const RESULTS = fileURLToPath(new URL('results', import.meta.url));
const PERFORMANCE = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
/** Documents of benchmarks that are about something else than speed. */
const DOCUMENTS = {
  quality: fileURLToPath(new URL('../docs/data-quality.md', import.meta.url)),
  drift: fileURLToPath(new URL('../docs/accuracy-tracking.md', import.meta.url)),
};

const models = new Map();
const options = readOptions();
await withScratch(async (dir) => {
  const servers = await findServers({ start: options.kafka, dir });
  try {
    const results = [];
    for (const name of options.only) results.push(await runOne(name, servers));
    if (options.json === '-') process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
    else if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
  } finally {
    await servers.down();
  }
});

async function runOne(name, servers) {
  process.stderr.write(`\n== ${name}\n`);
  const facts = environment();
  const bench = await import(`./${name}.mjs`);
  const tables = await bench.run({ quick: options.quick, servers, model });
  const result = { name, environment: facts, tables };
  process.stderr.write(`${resultMarkdown(result)}\n`);
  if (!options.quick) {
    writeResult(RESULTS, result);
    rewriteDocument(DOCUMENTS[name] ?? PERFORMANCE, [result]);
  }
  return result;
}

/** `default` is the trainer's own; `trees-300x63` has its trees replaced. Made when first asked for. */
function model(shape) {
  let made = models.get(shape);
  if (made === undefined) {
    made = shape === 'default' ? fit() : model('default').then(withDeepTrees);
    models.set(shape, made);
  }
  return made;
}

function fit() {
  const small = { days: 24, gbdt: { trees: 5, leaves: 7 }, rowBudget: 2000 };
  return trainedModel(options.quick ? small : { days: 60 });
}

function withDeepTrees(usual) {
  return withTrees(
    usual,
    options.quick ? { trees: 5, leaves: 7, nowcasts: 4 } : { trees: 300, leaves: 63, nowcasts: 200 },
  );
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      kafka: { type: 'boolean', default: false },
    },
  });
  const only = values.only?.split(',') ?? NAMES;
  const unknown = only.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`bench: unknown ${unknown.join(', ')}; there are ${NAMES.join(', ')}\n`);
    process.exit(2);
  }
  return { ...values, only };
}
