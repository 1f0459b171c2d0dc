/** The codec (JSON, schema validation, Confluent framing) against JSON alone. */
import { openLocalCodec } from '../dist/log/local-codec.js';
import { interleave, timed } from './support/measure.mjs';
import { sampleDemand, sampleNowcast } from './support/samples.mjs';
import { withScratch } from './support/scratch.mjs';

export async function run({ quick }) {
  return withScratch(async (dir) => {
    const codec = await openLocalCodec({ dir });
    await codec.register(['demand.observed', 'nowcasts']);
    return [
      await compare(codec, 'demand.observed', sampleDemand(), quick ? 50 : 20_000, quick),
      await compare(codec, 'nowcasts', sampleNowcast(), quick ? 5 : 1_000, quick),
    ];
  });
}

async function compare(codec, topic, value, times, quick) {
  const framed = codec.encode(topic, value);
  const json = Buffer.from(JSON.stringify(value));
  const actions = {
    'JSON alone, to bytes': () => Buffer.from(JSON.stringify(value)),
    'codec, encode': () => codec.encode(topic, value),
    'JSON alone, from bytes': () => JSON.parse(json.toString()),
    'codec, decode': () => codec.decode(topic, framed),
  };
  const variants = Object.entries(actions).map(([name, action]) => ({
    name,
    run: () => repeat(times, action),
  }));
  const medians = await interleave(variants, { rounds: quick ? 1 : 15, warmups: quick ? 1 : 3 });
  const { us: encodeUs } = medians.get('JSON alone, to bytes');
  const { us: decodeUs } = medians.get('JSON alone, from bytes');
  const isEncode = (name) => name === 'codec, encode' || name === 'JSON alone, to bytes';
  return {
    caption: `${topic}, ${framed.length} bytes`,
    columns: ['variant', 'µs a record', 'ratio'],
    rows: [...medians].map(([name, { us }]) => [name, us, us / (isEncode(name) ? encodeUs : decodeUs)]),
  };
}

async function repeat(times, action) {
  const { cpuSeconds } = await timed(() => {
    for (let i = 0; i < times; i += 1) action();
  });
  return { us: (cpuSeconds * 1e6) / times };
}
