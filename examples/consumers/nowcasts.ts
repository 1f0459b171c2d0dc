/**
 * Reads nowcasts from Kafka and prints one line of JSON for each, with kafkajs and the schema registry's client.
 *
 *   KAFKA_BROKERS=localhost:9092 SCHEMA_REGISTRY_URL=http://localhost:8081/apis/ccompat/v7 npx tsx nowcasts.ts
 *
 * GROUP names the consumer group (its offsets are where it goes on), TOPIC the topic, MAX ends after so many records.
 * Needs: npm install kafkajs @kafkajs/confluent-schema-registry ajv ajv-formats
 */
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { Ajv } from 'ajv';
import * as ajvFormats from 'ajv-formats';
import kafkajs from 'kafkajs';

interface Nowcast {
  zone: string;
  origin: string;
  issuedAt: string;
  modelVersion: string;
  revision: number;
  quality: 'ok' | 'degraded' | 'fallback';
  steps: { target: string; horizonMinutes: number; mw: number; p10: number | null; p90: number | null }[];
}

const { KAFKA_BROKERS = 'localhost:9092', TOPIC = 'nowcasts', GROUP = 'example-nowcasts', MAX } = process.env;
const { SCHEMA_REGISTRY_URL = 'http://localhost:8081/apis/ccompat/v7' } = process.env;
const max = MAX === undefined ? Number.POSITIVE_INFINITY : Number(MAX);

// Versions of a schema share their $id, so none of them is kept under it; date-time is a format, not a key word.
const ajv = new Ajv({ strict: false, addUsedSchema: false });
ajvFormats.default.default(ajv);
const registry = new SchemaRegistry(
  { host: SCHEMA_REGISTRY_URL },
  { [SchemaType.JSON]: { ajvInstance: ajv as never } },
);
const kafka = new kafkajs.Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: kafkajs.logLevel.ERROR });
const consumer = kafka.consumer({ groupId: GROUP });

/** By zone and origin, the highest revision that was seen: delivery is at least once, and a revision replaces a nowcast. */
const seen = new Map<string, number>();

let read = 0;
let finish: () => void = () => undefined;
const finished = new Promise<void>((resolve) => (finish = resolve));

await consumer.connect();
await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
await consumer.run({
  eachMessage: async ({ message }) => {
    if (read >= max || message.value === null) return;
    const nowcast = (await registry.decode(message.value)) as Nowcast;
    read += 1;
    const key = `${nowcast.zone}|${nowcast.origin}`;
    if (nowcast.revision > (seen.get(key) ?? -1)) {
      seen.set(key, nowcast.revision);
      const { zone, origin, revision, quality, steps } = nowcast;
      process.stdout.write(
        `${JSON.stringify({ zone, origin, revision, quality, steps: steps.length, firstMw: steps[0]?.mw })}\n`,
      );
    }
    if (read >= max) finish();
  },
});
process.once('SIGINT', finish);
await finished;
await consumer.disconnect();
