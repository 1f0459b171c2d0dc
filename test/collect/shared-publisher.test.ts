import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { demandRecord } from '../../src/collect/live/records.js';
import { ObservationPublisher } from '../../src/collect/publisher.js';
import { PublishingTurn, SharedPublisher } from '../../src/collect/shared-publisher.js';
import { HOUR_MS } from '../../src/contracts/time.js';
import { sleep } from '../../src/ops/retry.js';
import { decoded, JsonCodec, MemoryLog } from './memory-log.js';

const START = Date.parse('2026-07-01T00:00:00Z');
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-shared-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const hour = (index: number, mw: number) =>
  demandRecord(
    {
      zone: 'Z',
      kind: 'actual',
      product: 'actual',
      startMs: START + index * HOUR_MS,
      stepMinutes: 60,
      mw,
      source: 's',
    },
    (endMs) => endMs,
  );

it('two publishers over one log write what both fetched once, and count revisions together', async () => {
  const log = new MemoryLog();
  const { signal } = new AbortController();
  const turns = [0, 1].map(() => new PublishingTurn(dir, { nowMs: Date.now, sleep }, signal));
  const [collecting, filling] = turns.map(
    (turn) => new SharedPublisher(new ObservationPublisher(log, new JsonCodec()), turn),
  );
  await collecting!.restore({ sinceMs: 0 });
  await filling!.restore({ sinceMs: 0 });
  const all = Array.from({ length: 200 }, (_, i) => hour(i, 100 + i));
  // Both at the same time, in pieces that overlap.
  await Promise.all(
    [0, 50, 100, 150].flatMap((from) => [
      collecting!.publish(all.slice(from, from + 50)),
      filling!.publish(all.slice(Math.max(0, from - 25), from + 50)),
    ]),
  );
  expect(await filling!.publish([hour(7, 999)])).toEqual({ published: 1, revised: 1, unchanged: 0 });
  expect(await collecting!.publish([hour(7, 998)])).toEqual({ published: 1, revised: 1, unchanged: 0 });
  expect(await filling!.publish([hour(7, 998)])).toEqual({ published: 0, revised: 0, unchanged: 1 });
  expect(collecting!.holds('demand.observed', 'Z', START + 199 * HOUR_MS)).toBe(true);
  const records = decoded(log, 'demand.observed');
  expect(records).toHaveLength(202);
  const seventh = records.filter(({ validTime }) => Date.parse(validTime) === START + 7 * HOUR_MS);
  expect(seventh.map(({ demandMw, revision }) => [demandMw, revision])).toEqual([
    [107, 0],
    [999, 1],
    [998, 2],
  ]);
  for (const turn of turns) await turn.close();
});
