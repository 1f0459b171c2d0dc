// One gateway of the feed as a process of its own, on a log that others share and write.
// Arguments: JSON {dir, port, limits}. Prints one line once it serves. SIGTERM drains it; /stats tells how it is.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { LiveView } from '../../../dist/feed/live-view.js';
import { FeedServer } from '../../../dist/feed/server.js';
import { openEmbeddedLog } from '../../../dist/log/embedded-log.js';
import { openLocalCodec } from '../../../dist/log/local-codec.js';
import { createMetrics } from '../../../dist/ops/metrics.js';

const { dir, port, limits } = JSON.parse(process.argv[2]);
const log = await openEmbeddedLog({ dir });
const codec = await openLocalCodec({ dir });
const onError = (error) => console.error(error);
const view = new LiveView({ log, codec, ringMaxBytes: 16 * 1024 * 1024, onError });
await view.start();
const metrics = createMetrics();
const catalog = { hasZone: () => true, horizonsOf: () => new Set() };
const feed = new FeedServer({ log, codec, view, catalog, metrics, allowedOrigins: [], limits, onError });

/** Memory of its own. Pages of the log's file that are mapped into it belong to the system, and grow with the log. */
function ownBytes() {
  if (process.platform !== 'linux') return process.memoryUsage.rss();
  const anonymous = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return 1024 * Number(anonymous?.[1] ?? Number.NaN);
}

async function stats() {
  const closed = (await metrics.feedClosedTotal.get()).values.map(({ labels, value }) => [
    labels.code,
    value,
  ]);
  return {
    rssBytes: ownBytes(),
    seq: view.state.seq,
    clients: feed.clientCount,
    conflated: (await metrics.feedConflatedTotal.get()).values[0]?.value ?? 0,
    messages: (await metrics.feedMessagesTotal.get()).values[0]?.value ?? 0,
    closed: Object.fromEntries(closed),
  };
}

const http = createServer((_request, response) => {
  stats().then((found) => response.end(JSON.stringify(found)), onError);
});
http.on('upgrade', (request, stream, head) => feed.handleUpgrade(request, stream, head));
process.once('SIGTERM', async () => {
  await feed.close();
  await view.close();
  await log.close();
  process.exit(0);
});
// A test that was killed leaves no gateway behind.
process.stdin.on('end', () => process.exit(0)).resume();
http.listen(port, '127.0.0.1', () => console.log('serving'));
