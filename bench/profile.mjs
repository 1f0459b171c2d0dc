/** Where the main thread's time goes while the whole process works off a backlog, by part of the code. */
import { Session } from 'node:inspector/promises';
import { runThroughput } from './e2e/run-throughput.mjs';
import { withScratch } from './support/scratch.mjs';

const DIST = new URL('../dist/', import.meta.url).href;
const SAMPLE_EVERY_US = 500;
const PARTS = { log: 'embedded log', model: 'inference (ONNX Runtime)', feed: 'live view' };

export async function run({ quick, model }) {
  const usual = await model('default');
  const profiler = new MainThreadProfiler();
  const { seconds, cpuSeconds, nowcasts } = await withScratch((dir) =>
    runThroughput({
      dir,
      kafka: null,
      model: usual,
      days: quick ? 0.05 : 10,
      whole: true,
      profiler,
    }),
  );
  const { byPart, byFunction, busySeconds } = profiler.summary();
  const rows = (map, count) =>
    [...map]
      .sort(([, a], [, b]) => b - a)
      .slice(0, count)
      .map(([name, own]) => [name, (own * 1e6) / nowcasts, (100 * own) / busySeconds]);
  return [
    {
      caption: `${nowcasts} nowcasts of 58 horizons: stream, history and live view in one process, under the profiler`,
      columns: ['wall seconds', 'main thread busy, seconds', 'CPU seconds of all threads'],
      rows: [[seconds, busySeconds, cpuSeconds]],
    },
    {
      caption: 'The main thread by part of the code, self time',
      columns: ['part', 'µs a nowcast', '% of the main thread'],
      rows: rows(byPart, 12),
    },
    {
      caption: 'The dearest functions by self time',
      columns: ['function', 'µs a nowcast', '% of the main thread'],
      rows: rows(byFunction, 12),
    },
  ];
}

export class MainThreadProfiler {
  #session = new Session();
  #profile = null;

  async start() {
    this.#session.connect();
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US });
    await this.#session.post('Profiler.start');
  }

  async stop() {
    this.#profile = (await this.#session.post('Profiler.stop')).profile;
    this.#session.disconnect();
  }

  summary() {
    const { nodes, samples, timeDeltas } = this.#profile;
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const parents = new Map(
      nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, byId.get(id)])),
    );
    const byPart = new Map();
    const byFunction = new Map();
    let busySeconds = 0;
    samples.forEach((id, i) => {
      const node = byId.get(id);
      const seconds = timeDeltas[i] / 1e6;
      const { functionName, url } = node.callFrame;
      if (functionName === '(idle)') return;
      busySeconds += seconds;
      add(byPart, partOf(node, parents), seconds);
      add(byFunction, `${functionName || '(anonymous)'} ${shortUrl(url)}`.trim(), seconds);
    });
    return { byPart, byFunction, busySeconds };
  }
}

function add(map, key, value) {
  map.set(key, (map.get(key) ?? 0) + value);
}

/** The nearest caller in the product's own code decides: JSON.parse in the codec is the codec's. */
function partOf(node, parents) {
  if (node.callFrame.functionName === '(garbage collector)') return 'garbage collection';
  let library = null;
  for (let at = node; at !== undefined; at = parents.get(at.id)) {
    const { url } = at.callFrame;
    if (url.startsWith(DIST)) return partOfFile(url.slice(DIST.length));
    library ??= /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? null;
  }
  if (library === 'onnxruntime-node' || library === 'onnxruntime-common') return 'inference (ONNX Runtime)';
  return library ?? 'Node.js itself';
}

function partOfFile(file) {
  if (/^log\/(json-schema-codec|framing|record-schema|local-codec)/.test(file))
    return 'codec: JSON and validation';
  const [folder, name] = file.split('/');
  if (folder === 'nowcast') return `nowcast/${name.replace('.js', '')}`;
  return PARTS[folder] ?? folder;
}

function shortUrl(url) {
  if (url.startsWith(DIST)) return url.slice(DIST.length);
  return /node_modules\/(.+)$/.exec(url)?.[1] ?? url;
}
