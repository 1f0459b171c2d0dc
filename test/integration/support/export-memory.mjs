// Exports so many rows to a reader that is slower than the writer, in a process of its own, and prints what it took.
// usage: node export-memory.mjs FORMAT DAYS
import { existsSync, readFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { startExport } from '../../../dist/export/open-export.js';

const MINUTE_MS = 60_000;
const [format, days] = process.argv.slice(2);
const fromMs = Date.UTC(2000, 0, 1);

const history = {
  async demand(_zone, range) {
    const count = Math.ceil((range.toMs - range.fromMs) / MINUTE_MS);
    return Array.from({ length: count }, (_, i) => ({
      timeMs: range.fromMs + i * MINUTE_MS,
      demandMw: 20_000 + Math.sin(i) * 1000,
      source: 'synthetic',
    }));
  },
};
const request = {
  kind: 'demand',
  source: 'history',
  zones: ['CA ISO-TAC'],
  everyZone: false,
  fromMs,
  toMs: fromMs + Number(days) * 1440 * MINUTE_MS,
};
let rows = 0;
const bytes = await startExport({ history, horizonsOf: () => [] }, request, format, (count) => {
  rows += count;
});
let written = 0;
const slow = new Writable({
  highWaterMark: 64 * 1024,
  write(chunk, _encoding, done) {
    written += chunk.length;
    setImmediate().then(() => done());
  },
});
await pipeline(Readable.from(bytes, { objectMode: false }), slow);
// Not the maximum of getrusage: a process begins with that of the one it was forked from.
const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
const peakKb = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
const peakMb = peakKb / 1024;
process.stdout.write(JSON.stringify({ rows, written, peakMb }));
