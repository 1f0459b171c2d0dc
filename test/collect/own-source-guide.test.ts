import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ObservationPublisher } from '../../src/collect/publisher.js';
import { loadConfig } from '../../src/config/load-config.js';
import { packageRoot } from '../../src/config/package-root.js';
import { openSources } from '../../src/roles/collectors.js';
import { FakeSource } from '../fakes/fake-source.js';
import { VirtualPacer } from '../fakes/harness.js';
import { decoded, JsonCodec, MemoryLog } from './memory-log.js';

const guide = readFileSync(path.join(packageRoot(), 'docs', 'own-source.md'), 'utf8');
const NOW = Date.parse('2026-07-01T06:32:00Z');
let dir: string;
let fake: FakeSource;

/** The block of the guide that follows a mark. */
function example(name: string): string {
  const found = new RegExp(`<!-- example: ${name} -->\\s*\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1];
  if (found === undefined) throw new Error(`the guide has no example ${name}`);
  return found;
}

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-guide-'));
  const csv = example('load.csv');
  fake = await FakeSource.start(
    ({ pathname }) => (pathname === '/load.csv' ? { body: csv } : null),
    () => NOW,
  );
});
afterAll(async () => {
  await fake.stop();
  rmSync(dir, { recursive: true, force: true });
});

it('the example of the guide works as it is written', async () => {
  const file = path.join(dir, 'my-zones.json');
  writeFileSync(file, example('config.json').replaceAll('https://utility.example', fake.url));
  const config = loadConfig({ config: file, dataDir: path.join(dir, 'data') });
  const log = new MemoryLog();
  const opened = openSources({
    config,
    publisher: new ObservationPublisher(log, new JsonCodec()),
    pacer: new VirtualPacer({ nowMs: NOW }, NOW),
    signal: new AbortController().signal,
    onRequest: () => undefined,
  });
  const parts = opened.parts.filter(({ name }) => name.startsWith('csv '));
  expect(parts.map(({ name }) => name)).toEqual(['csv Nordstadt', 'csv Südstadt']);
  const probes = [];
  for (const part of parts) {
    probes.push(await part.probe(NOW));
    for (const collector of part.collectors) {
      expect(collector.everyMs).toBe(5 * 60_000);
      await collector.round(NOW);
    }
  }
  await opened.close();
  expect(probes[0]).toBe('newest row 2026-07-01T06:15:00.000Z');
  expect(probes[1]).toContain('1 rows cannot be used, first line 6: not a number of megawatts');
  expect(
    decoded(log, 'demand.observed').map((r) => [r.zone, r.validTime, r.demandMw, r.stepMinutes]),
  ).toEqual([
    ['Nordstadt', '2026-07-01T06:00:00.000Z', 412.5, 15],
    ['Nordstadt', '2026-07-01T06:15:00.000Z', 418, 15],
    ['Südstadt', '2026-07-01T06:00:00.000Z', 96.1, 15],
    ['Südstadt', '2026-07-01T06:15:00.000Z', 97.4, 15],
  ]);
  expect(config.sources.contact).toBe('grid-team@utility.example');
});
