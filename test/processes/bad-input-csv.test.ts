import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectClear, expectNoStack } from '../integration/support/clear.js';
import { run } from '../integration/support/cli.js';
import { finalNowcasts, readTopic, withEmbedded } from '../integration/support/topic.js';

const HEADER = 'zone,time,mw';
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2024, 0, 1);
const timeOf = (row: number): string => new Date(START_MS + row * HOUR_MS).toISOString();
const valueOf = (row: number): number => 1000 + row;

let dir: string;
const write = (name: string, content: string | Buffer): string => {
  const file = path.join(dir, name);
  writeFileSync(file, content);
  return file;
};
const dataDir = (name: string): string => path.join(dir, `data-${name}`);

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-csv-'));
  mkdirSync(path.join(dir, 'folder.csv'));
  const whole = gzipSync(
    Buffer.from([HEADER, ...Array.from({ length: 500 }, (_, i) => `A,${timeOf(i)},${i}`)].join('\n')),
  );
  write('empty.csv', '');
  write('blank.csv', '\n\n');
  write('wrong.csv', 'a,b,c\n1,2,3\n');
  write('plain.csv.gz', `${HEADER}\n`);
  write('cut.csv.gz', whole.subarray(0, whole.length >> 1));
  write('header.csv', `${HEADER}\n`);
  write('unusable.csv', `${HEADER}\nA,x,1\nA,2024-01-01T00:00:00,2\n`);
  write('one.csv', `${HEADER}\nA,${timeOf(0)},100\n`);
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe.each(['import', 'replay', 'backtest'])('%s refuses a file that is none', (command) => {
  const more: Readonly<Record<string, readonly string[]>> = {
    replay: ['--exit', '--port', '0'],
    backtest: ['--zone', 'A', '--test-from', '2024-01-02'],
  };
  it.each<[string, RegExp]>([
    ['missing.csv', /there is no file .*missing\.csv/],
    ['folder.csv', /folder\.csv is a directory/],
    ['empty.csv', /empty\.csv is empty/],
    ['blank.csv', /blank\.csv is empty/],
    ['wrong.csv', /wrong\.csv: the header has no column zone; it is "a,b,c"/],
    ['plain.csv.gz', /plain\.csv\.gz ends in \.gz but is not gzip/],
    ['cut.csv.gz', /cut\.csv\.gz is not whole gzip data/],
    ['header.csv', /header\.csv has a header but no rows/],
    ['unusable.csv', /unusable\.csv has no usable row \(2 were skipped\)/],
    ['one.csv', /the step of zone A cannot be told.*stepMinutes/],
  ])('%s', async (file, says) => {
    const args = [
      command,
      '--demand',
      path.join(dir, file),
      '--data-dir',
      dataDir('refused'),
      ...(more[command] ?? []),
    ];
    expectClear(await run(args), 1, says);
  });
});

describe('rows that cannot be used', () => {
  const ROWS = 72;
  const BROKEN: Readonly<Record<number, [row: string, reason: RegExp]>> = {
    5: [`A,${timeOf(5)},NaN`, /mw is not a number: "NaN"/],
    6: [`A,${timeOf(6)},lots`, /mw is not a number: "lots"/],
    7: [`A,${timeOf(7)}`, /mw is missing/],
    8: ['A,2024-01-01T08:00:00,1008', /not an ISO 8601 time with an offset/],
    9: [`A,${timeOf(9)},`, /mw is missing/],
    10: [`,${timeOf(10)},1010`, /the zone is missing/],
    11: ['A,,1011', /the time is missing/],
    12: [`"A,${timeOf(12)},1012`, /malformed quotes/],
    13: [`A,${timeOf(13)},Infinity`, /mw is not a number: "Infinity"/],
    14: ['A,2024-13-01T14:00:00Z,1014', /not an ISO 8601 time/],
  };
  const skipped = Object.keys(BROKEN).length;
  let file: string;
  beforeAll(() => {
    const rows = Array.from({ length: ROWS }, (_, i) => BROKEN[i]?.[0] ?? `A,${timeOf(i)},${valueOf(i)}`);
    file = write('rows.csv', [HEADER, ...rows].join('\n'));
  });

  it('are named by line, counted, and the rest goes in', async () => {
    const { code, stdout, stderr } = await run(['import', '--demand', file, '--data-dir', dataDir('rows')]);
    expect(code, stderr).toBe(0);
    for (const [row, [, reason]] of Object.entries(BROKEN)) {
      const line = stderr.split('\n').find((text) => text.startsWith(`${file}:${Number(row) + 2}: `));
      expect(line).toMatch(reason);
    }
    expect(stdout).toContain(`${ROWS - skipped} records written`);
    expect(stdout).toContain(`${skipped} rows skipped`);
    expectNoStack(stderr);
    const demand = await withEmbedded(dataDir('rows'), (log, codec) =>
      readTopic(log, codec, 'demand.observed'),
    );
    const expected = Array.from({ length: ROWS }, (_, i) => i).filter((i) => BROKEN[i] === undefined);
    expect(demand.map(({ validTime, demandMw }) => [Date.parse(validTime), demandMw])).toEqual(
      expected.map((i) => [START_MS + i * HOUR_MS, valueOf(i)]),
    );
  });

  it('are counted by replay too', async () => {
    const args = ['replay', '--demand', file, '--data-dir', dataDir('rows-replay'), '--port', '0', '--exit'];
    const { code, stdout, stderr } = await run(args);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`${skipped} rows skipped; ${ROWS - skipped} are used`);
    expect(stdout).toContain(`${ROWS - skipped} records played`);
  });

  it('are not all printed when there are thousands, but all counted', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => (i < 2 ? `A,${timeOf(i)},1` : 'A,when,1'));
    const { code, stdout, stderr } = await run([
      ...[
        'import',
        '--demand',
        write('many.csv', [HEADER, ...rows].join('\n')),
        '--data-dir',
        dataDir('many'),
      ],
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('2998 rows skipped');
    expect(stderr).toContain('2978 more rows had problems; 2998 in all');
    expect(stderr.split('\n').length).toBeLessThan(40);
  });
});

describe('values that cannot be demand', () => {
  const BAD: Readonly<Record<number, number>> = {
    30: -5,
    31: 0,
    40: valueOf(40) * 10,
    41: 1e9,
    50: valueOf(50) / 1000,
    51: valueOf(51) * 1000,
    71: -1,
  };

  it('stay in the log, are quarantined, and no nowcast stands on them', async () => {
    const rows = Array.from({ length: 72 }, (_, i) => `A,${timeOf(i)},${BAD[i] ?? valueOf(i)}`);
    const file = write('values.csv', [HEADER, ...rows].join('\n'));
    const args = ['replay', '--demand', file, '--data-dir', dataDir('values'), '--port', '0', '--exit'];
    const { code, stderr } = await run(args);
    expect(code, stderr).toBe(0);
    expectNoStack(stderr);
    const { demand, events, nowcasts } = await withEmbedded(dataDir('values'), async (log, codec) => ({
      demand: await readTopic(log, codec, 'demand.observed'),
      events: await readTopic(log, codec, 'quality.events'),
      nowcasts: await readTopic(log, codec, 'nowcasts'),
    }));
    expect(demand.map(({ demandMw }) => demandMw)).toEqual(
      Array.from({ length: 72 }, (_, i) => BAD[i] ?? valueOf(i)),
    );
    const quarantined = events.filter(({ action }) => action === 'quarantined');
    expect(quarantined.map(({ validTime, value }) => [validTime, value])).toEqual(
      Object.entries(BAD).map(([row, value]) => [timeOf(Number(row)), value]),
    );
    for (const { message, rule } of quarantined) expect([message, rule].join(' ')).toMatch(/MW/);
    expect(nowcasts.length).toBeGreaterThanOrEqual(72 - Object.keys(BAD).length);
    for (const { steps, latestDemandMw } of nowcasts) {
      expect(latestDemandMw).toBeGreaterThanOrEqual(1000);
      expect(latestDemandMw).toBeLessThan(1100);
      for (const { mw } of steps) {
        expect(mw).toBeGreaterThan(900);
        expect(mw).toBeLessThan(1200);
      }
    }
    const last = nowcasts.at(-1);
    expect(last?.latestDemandMw).toBe(valueOf(70));
  });

  it('are not what a replay scores its nowcasts against', async () => {
    const args = [
      'replay',
      '--demand',
      path.join(dir, 'values.csv'),
      '--data-dir',
      dataDir('values'),
      '--port',
      '0',
      '--exit',
    ];
    const { stdout } = await run(args);
    const mape = Number(/60 min +\d+ +([\d.]+) %/.exec(stdout)?.[1]);
    expect(mape).toBeGreaterThan(0);
    expect(mape).toBeLessThan(5);
  });
});

describe('order and repetition', () => {
  it('of rows make no difference; a later row of the same time wins and is named', async () => {
    const rows = Array.from({ length: 72 }, (_, i) => `A,${timeOf(i)},${valueOf(i)}`);
    const shuffled = rows.map((_, i) => rows[(i * 31) % 72] ?? '');
    const repeated = [...shuffled, rows[3] ?? '', `A,${timeOf(4)},1234`];
    const file = write('order.csv', [HEADER, ...repeated].join('\n'));
    const { code, stderr } = await run(['import', '--demand', file, '--data-dir', dataDir('order')]);
    expect(code).toBe(0);
    expect(stderr).toContain(
      `${file}:75: another value for a zone and time that came before; the later row is used`,
    );
    expect(stderr).not.toContain(`${file}:74:`);
    const demand = await withEmbedded(dataDir('order'), (log, codec) =>
      readTopic(log, codec, 'demand.observed'),
    );
    expect(demand.map(({ demandMw }) => demandMw)).toEqual(
      Array.from({ length: 72 }, (_, i) => (i === 4 ? 1234 : valueOf(i))),
    );
    const again = await run(['import', '--demand', file, '--data-dir', dataDir('order')]);
    expect(again.stdout).toContain('0 records written (0 of them corrections), 72 already there');
  });
});

describe('a zone that nobody configured', () => {
  it('is replayed with the step of its rows', async () => {
    const rows = Array.from(
      { length: 200 },
      (_, i) => `Neverland,${new Date(START_MS + i * 900_000).toISOString()},${500 + i}`,
    );
    const file = write('unknown.csv', [HEADER, ...rows].join('\n'));
    const args = ['replay', '--demand', file, '--data-dir', dataDir('unknown'), '--port', '0', '--exit'];
    const { code, stderr } = await run(args);
    expect(code, stderr).toBe(0);
    const { demand, nowcasts } = await withEmbedded(dataDir('unknown'), async (log, codec) => ({
      demand: await readTopic(log, codec, 'demand.observed'),
      nowcasts: await readTopic(log, codec, 'nowcasts'),
    }));
    expect(new Set(demand.map(({ stepMinutes }) => stepMinutes))).toEqual(new Set([15]));
    expect(finalNowcasts(nowcasts).size).toBe(200);
    expect(nowcasts[0]?.steps[0]?.horizonMinutes).toBe(15);
  });

  it('is not what backtest is asked for: the zones of the file are named', async () => {
    const rows = ['A', 'B'].flatMap((zone) => [0, 1, 2].map((i) => `${zone},${timeOf(i)},5`));
    const file = write('two.csv', [HEADER, ...rows].join('\n'));
    const args = ['backtest', '--demand', file, '--zone', 'C', '--test-from', '2024-01-02'];
    expectClear(await run(args), 1, /has no demand of zone "C"; it has A, B/);
  });
});
