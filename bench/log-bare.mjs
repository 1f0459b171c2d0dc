/** The yardsticks of the log benchmark: LMDB and the Kafka client, used directly in the plainest way that is fair. */
import { Kafka, logLevel } from 'kafkajs';
import { open } from 'lmdb';

/** One entry a record, one durable transaction an append. */
export function bareLmdb(dir) {
  const db = open({ path: dir, keyEncoding: 'uint32', encoding: 'binary' });
  let next = 0;
  return {
    name: 'LMDB bare, an entry a record',
    append: async (records) => {
      const first = next;
      await db.transaction(() => {
        for (const { value } of records) db.put(next++, value);
      });
      await db.flushed;
      return first;
    },
    read: async (from, count) => {
      let seen = 0;
      for (const { value } of db.getRange({ start: from, limit: count })) if (value.length > 0) seen += 1;
      return { seen };
    },
    close: () => db.close(),
  };
}

/** Idempotent producer with one batch an append; consumer by `eachBatch`. */
export async function bareKafka(brokers, topic) {
  const kafka = new Kafka({ clientId: 'bench-bare', brokers, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [{ topic, numPartitions: 1, replicationFactor: 1 }],
    waitForLeaders: true,
  });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  return {
    name: 'Kafka log, client bare',
    append: async (records) => {
      const messages = records.map(({ key, value, timestampMs, headers }) => ({
        key,
        value,
        headers,
        timestamp: String(timestampMs),
      }));
      const [{ baseOffset }] = await producer.send({ topic, acks: -1, messages });
      return Number(baseOffset);
    },
    read: (from, count) => readByGroup(kafka, topic, from, count),
    close: async () => {
      await producer.disconnect();
      await admin.disconnect();
    },
  };
}

/** Timed from the first batch on and without it, so that joining the group is not part of it. */
async function readByGroup(kafka, topic, from, count) {
  const consumer = kafka.consumer({
    groupId: `bench-${process.pid}-${performance.now()}`,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topic });
  let seen = 0;
  let first = null;
  await new Promise((resolve, reject) => {
    consumer
      .run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          for (const { offset, value } of batch.messages) {
            if (Number(offset) >= from && Number(offset) < from + count && value !== null) seen += 1;
          }
          first ??= { records: seen, atMs: performance.now() };
          if (seen >= count) resolve();
        },
      })
      .then(() => consumer.seek({ topic, partition: 0, offset: String(from) }))
      .catch(reject);
  });
  const seconds = (performance.now() - first.atMs) / 1000;
  await consumer.disconnect();
  return seen > first.records ? { seen, timedRecords: seen - first.records, seconds } : { seen };
}
