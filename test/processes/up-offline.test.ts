import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Fault, FakeSource } from '../fakes/fake-source.js';
import { outlookHandler } from '../fakes/world.js';
import { Cli } from '../integration/support/cli.js';

let dir: string;
let fake: FakeSource;
const faults: Fault[] = [{ kind: 'reset', fromMs: 0, toMs: Infinity }];

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-offline-'));
  fake = await FakeSource.start(outlookHandler, Date.now, faults);
});
afterAll(async () => {
  await fake.stop();
  rmSync(dir, { recursive: true, force: true });
});

interface Status {
  readonly ready: boolean;
  readonly checks: readonly { name: string; ok: boolean; detail: string }[];
  readonly zones: readonly { zone: string; latestDemandTime: string | null }[];
}

it('up without its sources starts, says so, shows nothing simulated, and recovers by itself', async () => {
  const file = path.join(dir, 'config.json');
  const zones = [
    {
      zone: 'CA ISO-TAC',
      timeZone: 'America/Los_Angeles',
      stepMinutes: 5,
      source: { kind: 'caiso-outlook' },
    },
  ];
  const sources = {
    caisoOutlookUrl: fake.url,
    weather: 'none',
    operatorForecasts: false,
    supply: false,
    initialBackfillDays: 0,
  };
  writeFileSync(file, JSON.stringify({ zones, sources }));
  const cli = new Cli(['up', '--config', file, '--data-dir', path.join(dir, 'data'), '--port', '0'], {
    NOWCAST_COLLECT: 'on',
  });
  const [, url = ''] = await cli.says(/power-nowcast: (http:\S+)/);
  const status = async (): Promise<Status> => (await (await fetch(`${url}/v1/status`)).json()) as Status;

  await cli.says(
    /caiso-outlook: .*cannot be reached .*it has not answered since the start; asked again at .*; what is in the store is served meanwhile/,
  );
  const away = await status();
  expect(away.ready).toBe(true);
  expect(away.checks.find(({ name }) => name === 'source caiso-outlook')).toMatchObject({ ok: false });
  expect(away.zones.map(({ zone, latestDemandTime }) => [zone, latestDemandTime])).toEqual([
    ['CA ISO-TAC', null],
  ]);
  expect((await fetch(`${url}/`)).status).toBe(200);

  faults.length = 0;
  await cli.says(/caiso-outlook answers again/);
  for (let found: Status | null = null; found?.zones[0]?.latestDemandTime == null;) {
    found = await status();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const back = await status();
  expect(back.checks.find(({ name }) => name === 'source caiso-outlook')).toMatchObject({ ok: true });
  expect(JSON.stringify(back)).not.toMatch(/SIM/);
  cli.kill('SIGTERM');
  expect((await cli.finished).code).toBe(0);
});
