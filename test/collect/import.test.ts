import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { importCsv, planCsv } from '../../src/collect/import.js';
import { ObservationPublisher } from '../../src/collect/publisher.js';
import { HOUR_MS, toIso } from '../../src/contracts/time.js';
import { sharedData } from '../shared-data.js';
import { decoded, JsonCodec, MemoryLog } from './memory-log.js';

const folder = mkdtempSync(join(tmpdir(), 'nowcast-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

const START_MS = Date.UTC(2026, 2, 1);
const HOURS = 24 * 200;

function files(): { demandPath: string; weatherPath: string } {
  const times = Array.from({ length: HOURS }, (_, h) => toIso(START_MS + h * HOUR_MS));
  const demandPath = join(folder, 'demand.csv');
  const weatherPath = join(folder, 'weather.csv');
  const rows = times.flatMap((time, h) => [`A,${time},${1000 + h}`, `B,${time},${50 + h}`]);
  writeFileSync(demandPath, ['zone,time,mw', ...rows.reverse(), 'B,yesterday,1'].join('\n'));
  writeFileSync(
    weatherPath,
    ['zone,time,temp_c', ...times.map((time, h) => `A,${time},${h % 7}`)].join('\n'),
  );
  return { demandPath, weatherPath };
}

describe('planReplay', () => {
  it('gives everything once, in the order in which it became known, weather before demand', async () => {
    const { plan, skipped } = await planCsv({ ...files(), onProblem: () => undefined });
    const chunks = [...plan.chunks()];
    const all = chunks.flatMap((chunk) => chunk.records);
    expect(skipped).toBe(1);
    expect(all).toHaveLength(plan.totalRecords);
    expect(plan.totalRecords).toBe(HOURS * 3);
    expect([...plan.stepMinutes]).toEqual([
      ['A', 60],
      ['B', 60],
    ]);
    const keys = all.map((r) => r.availableAtMs * 2 + (r.topic === 'demand.observed' ? 1 : 0));
    expect(keys).toEqual([...keys].sort((a, b) => a - b));
    for (const chunk of chunks) {
      expect(
        chunk.records.every((r) => r.availableAtMs >= chunk.fromMs && r.availableAtMs < chunk.toMs),
      ).toBe(true);
    }
    expect(all.find((r) => r.topic === 'demand.observed')?.value).toMatchObject({
      validTime: toIso(START_MS),
      availableAt: toIso(START_MS + HOUR_MS),
      source: 'csv:demand.csv',
      stepMinutes: 60,
    });
    expect([...plan.chunks()]).toEqual(chunks);
  });

  it("gives the operator's forecasts when they were issued, and refuses a file that does not say when", async () => {
    const operatorPath = join(folder, 'operator.csv');
    const at = (hour: number): string => toIso(START_MS + hour * HOUR_MS);
    const rows = [
      `A,${at(30)},31,${at(9)}`,
      `A,${at(31)},32,${at(9)}`,
      `A,${at(2)},3,${at(-24)}`,
      `A,${at(31)},33,${at(30)}`,
      `A,${at(HOURS + 3)},1,${at(HOURS + 1)}`,
      `OTHER,${at(30)},31,${at(9)}`,
    ];
    writeFileSync(operatorPath, ['zone,time,mw,issued_at', ...rows].join('\n'));
    const input = { ...files(), operatorPath, onProblem: () => undefined };
    const { plan } = await planCsv(input);
    expect(plan.totalRecords).toBe(HOURS * 3 + 4);
    expect(plan.firstAvailableAtMs).toBe(START_MS);
    const records = [...plan.chunks()].flatMap((chunk) => chunk.records);
    const found = records.flatMap((r) => (r.topic === 'demand.forecast' ? [r.value] : []));
    expect(
      found.map(({ zone, validTime, demandMw, availableAt }) => [zone, validTime, demandMw, availableAt]),
    ).toEqual([
      // What was issued before there is demand is known from the first value on.
      ['A', at(2), 3, at(1)],
      ['A', at(30), 31, at(9)],
      ['A', at(31), 32, at(9)],
      ['A', at(31), 33, at(30)],
    ]);
    expect(found[0]).toMatchObject({ kind: 'forecast', issuedAt: at(-24), stepMinutes: 60 });
    writeFileSync(operatorPath, `zone,time,mw\nA,${at(30)},31\n`);
    await expect(planCsv(input)).rejects.toThrow(/operator\.csv does not say when.*add a column issued_at/);
  });

  it('asks for the step of a zone with a single row, and takes it from the configuration', async () => {
    const demandPath = join(folder, 'one.csv');
    writeFileSync(demandPath, `zone,time,mw\nA,${toIso(START_MS)},1\n`);
    const input = { demandPath, onProblem: () => undefined };
    await expect(planCsv(input)).rejects.toThrow(/step of zone A .* stepMinutes/);
    const { plan } = await planCsv({ ...input, configuredStepMinutes: () => 15 });
    expect(plan.firstAvailableAtMs).toBe(START_MS + HOUR_MS / 4);
  });
});

describe('importCsv', () => {
  it('can be cut off and run again, and again, without doubles', async () => {
    const log = new MemoryLog();
    const run = (signal?: AbortSignal, onProgress?: () => void) =>
      importCsv(new ObservationPublisher(log, new JsonCodec()), {
        ...files(),
        onProblem: () => undefined,
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress }),
      });
    const stop = new AbortController();
    const first = await run(stop.signal, () => stop.abort());
    expect(first.complete).toBe(false);
    expect(first.published).toBeLessThan(HOURS * 3);
    const second = await run();
    expect(second).toMatchObject({
      complete: true,
      unchanged: first.published,
      published: HOURS * 3 - first.published,
    });
    expect(second).toMatchObject({ skipped: 1, zones: ['A', 'B'] });
    expect(await run()).toMatchObject({ published: 0, unchanged: HOURS * 3 });
    const demand = decoded(log, 'demand.observed');
    expect(demand).toHaveLength(HOURS * 2);
    expect(new Set(demand.map((r) => `${r.zone}|${r.validTime}`)).size).toBe(HOURS * 2);
    expect(demand.every((r) => r.revision === 0)).toBe(true);
  });

  const recorded = sharedData('canonical/caiso-5min-2018-2019.demand.csv.gz');
  it.skipIf(recorded === null)('imports a recorded year of 5-minute demand', async () => {
    const log = new MemoryLog();
    const publisher = new ObservationPublisher(log, new JsonCodec());
    const report = await importCsv(publisher, { demandPath: recorded ?? '', onProblem: () => undefined });
    expect(report).toMatchObject({ published: 81_290, unchanged: 0, skipped: 0, complete: true });
    expect(log.records('demand.observed')).toHaveLength(81_290);
  });
});
