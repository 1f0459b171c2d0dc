/** The event log: appending and reading, each driver beside the store it stands on, used bare. */
import path from 'node:path';
import { openEmbeddedLog } from '../dist/log/embedded-log.js';
import { openKafkaLog } from '../dist/log/kafka-log.js';
import { openLocalCodec } from '../dist/log/local-codec.js';
import { bareKafka, bareLmdb } from './log-bare.mjs';
import { interleave, quantile, timed } from './support/measure.mjs';
import { sampleNowcast } from './support/samples.mjs';
import { withScratch } from './support/scratch.mjs';

const TOPIC = 'bench.records';
const SPEC = {
  name: TOPIC,
  key: 'zone',
  valueSchema: 'nowcast',
  partitions: 1,
  replicationFactor: 1,
  config: { 'retention.ms': '-1' },
};
/** Brokers refuse a batch of more than 1 MB by default. */
const KINDS = [
  {
    caption: 'Records of 150 bytes, 1,000 an append',
    batch: 1000,
    batches: 50,
    value: () => Buffer.alloc(150, 'x'),
  },
  { caption: 'Nowcasts of 58 horizons, 100 an append', batch: 100, batches: 50, value: nowcastBytes },
];

export async function run({ quick, servers }) {
  return withScratch(async (dir) => {
    const codec = await openLocalCodec({ dir });
    await codec.register(['nowcasts']);
    const tables = [];
    for (const kind of KINDS) {
      const batches = quick ? 2 : kind.batches;
      const value = kind.value(codec);
      const drivers = await openDrivers(dir, servers, `${kind.batch}`);
      try {
        tables.push(await throughput(kind, drivers, batches, value, quick));
        if (kind === KINDS[0]) tables.push(await latency(drivers, value, quick));
      } finally {
        for (const driver of drivers) await driver.close();
      }
    }
    return tables;
  });
}

function nowcastBytes(codec) {
  return codec.encode('nowcasts', sampleNowcast());
}

/** Each driver as `append(records)` and `read(from, count)` on one partition; a read may say itself what it took. */
async function openDrivers(dir, { kafka }, name) {
  const embedded = await openEmbeddedLog({ dir: path.join(dir, `embedded-${name}`) });
  const drivers = [bareLmdb(path.join(dir, `bare-${name}`)), await ours('embedded log', embedded)];
  if (kafka === null) return drivers;
  const topicPrefix = `bench-${process.pid}-${Date.now()}-${name}.`;
  const log = await openKafkaLog({ brokers: kafka.brokers, clientId: 'bench', topicPrefix });
  drivers.push(await bareKafka(kafka.brokers, `${topicPrefix}bare`));
  drivers.push(await ours('Kafka log', log));
  return drivers;
}

async function ours(name, log) {
  await log.ensureTopics([SPEC]);
  return {
    name,
    append: async (records) => (await log.append(TOPIC, records))[0].firstOffset,
    read: async (from, count) => {
      let seen = 0;
      for await (const { records } of log.read(TOPIC, 0, from, from + count)) seen += records.length;
      return { seen };
    },
    close: () => log.close(),
  };
}

async function throughput({ caption, batch }, drivers, batches, value, quick) {
  const records = Array.from({ length: batch }, (_, i) => recordOf(value, i));
  const count = batch * batches;
  const variants = drivers.map(({ name, append, read }) => ({
    name,
    run: async () => {
      let first = null;
      const appended = await timed(async () => {
        for (let i = 0; i < batches; i += 1) {
          const at = await append(records);
          first ??= at;
        }
      });
      let outcome;
      const reading = await timed(async () => {
        outcome = await read(first, count);
      });
      const { seen, timedRecords, seconds } = {
        timedRecords: outcome.seen,
        seconds: reading.seconds,
        ...outcome,
      };
      if (seen !== count) throw new Error(`${name}: read ${seen} of ${count} records`);
      return {
        append: count / appended.seconds,
        read: timedRecords / seconds,
        cpuUs: ((appended.cpuSeconds + reading.cpuSeconds) * 1e6) / count,
      };
    },
  }));
  const medians = await interleave(variants, { rounds: quick ? 1 : 5 });
  return {
    caption: `${caption}, ${value.length} bytes of value`,
    columns: [
      'variant',
      'append records/s',
      'append ratio',
      'read records/s',
      'read ratio',
      'CPU µs a record',
    ],
    rows: [...medians].map(([name, { append, read, cpuUs }]) => {
      const bare = medians.get(yardstick(name));
      return [name, append, append / bare.append, read, read / bare.read, cpuUs];
    }),
  };
}

function yardstick(name) {
  return name.startsWith('Kafka') ? 'Kafka log, client bare' : 'LMDB bare, an entry a record';
}

async function latency(drivers, value, quick) {
  const times = quick ? 5 : 400;
  const samples = new Map(drivers.map(({ name }) => [name, []]));
  for (let i = 0; i < times; i += 1) {
    for (const { name, append } of drivers) {
      const { seconds } = await timed(() => append([recordOf(value, i)]));
      samples.get(name).push(seconds * 1000);
    }
  }
  return {
    caption: 'One record an append, durable before it is acknowledged',
    columns: ['variant', 'p50 ms', 'p99 ms'],
    rows: [...samples].map(([name, ms]) => [name, quantile(ms, 0.5), quantile(ms, 0.99)]),
  };
}

function recordOf(value, i) {
  return {
    key: 'zone',
    value,
    timestampMs: 1_750_000_000_000 + i,
    headers: { schema: 'nowcasts', source: 'bench' },
  };
}
