import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCommands } from '../../src/cli/commands.js';
import { expectClear } from '../integration/support/clear.js';
import { run } from '../integration/support/cli.js';
import { runHere } from '../integration/support/in-process.js';

const COMMON = ['--config', '--env-file', '--data-dir', '--log', '--history'];
/** What each command promises to take. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  demo: [...COMMON, '--port', '--speed', '--seed', '--for'],
  up: [...COMMON, '--port', '--host'],
  collect: [...COMMON, '--source', '--port', '--host'],
  stream: [...COMMON, '--port', '--host'],
  serve: [...COMMON, '--port', '--host'],
  train: [...COMMON, '--zones', '--until', '--json', '--timezone', '--holidays', '--port'],
  replay: [
    ...COMMON,
    ...[
      '--demand',
      '--weather',
      '--operator-forecast',
      '--speed',
      '--exit',
      '--port',
      '--train-every',
      '--no-train',
    ],
    ...['--timezone', '--holidays'],
  ],
  backfill: [...COMMON, '--source', '--from', '--to', '--no-weather', '--json'],
  import: [...COMMON, '--demand', '--weather', '--json'],
  export: [...COMMON, '--kind', '--zone', '--from', '--to', '--format', '--source', '--horizon', '--out'],
  backtest: [
    ...COMMON,
    ...['--demand', '--weather', '--future-weather', '--zone', '--test-from', '--horizons'],
    ...['--operator-forecast', '--operator-input', '--folds', '--fold-days', '--refit-every'],
    ...['--timezone', '--holidays', '--json', '--predictions', '--report'],
  ],
  'models list': [...COMMON, '--json'],
  'models show': [...COMMON, '--json', '<version>'],
  'models verify': [...COMMON, '[version]'],
  'keys create': [...COMMON, '--name', '--scopes', '--expires', '--json'],
  'keys list': [...COMMON, '--json'],
  'keys rotate': [...COMMON, '<key>', '--grace', '--expires'],
  'keys revoke': [...COMMON, '<key>'],
  'webhooks list': [...COMMON, '--json'],
  'webhooks add': [...COMMON, '--events', '--zone', '--description', '<url>'],
  'webhooks replay': [...COMMON, '--delivery', '<id>'],
  'topics check': COMMON,
  'topics apply': COMMON,
  doctor: [...COMMON, '--json'],
};

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-help-'));
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** The text that `--help` prints, without a process for each. */
async function helpOf([name = '', ...within]: readonly string[]): Promise<string> {
  let command = (await loadCommands(name)).find((each) => each.name() === name);
  for (const part of within) command = command?.commands.find((each) => each.name() === part);
  if (command === undefined) throw new Error(`there is no command ${[name, ...within].join(' ')}`);
  return command.helpInformation();
}

describe('help', () => {
  it('of the program names every command', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const command of Object.keys(OPTIONS)) {
      expect(stdout).toMatch(new RegExp(`^  ${command.split(' ')[0] ?? ''}\\b`, 'm'));
    }
  });

  it.each(Object.entries(OPTIONS))(
    'of %s names its options, with defaults a person can read',
    async (command, options) => {
      const stdout = await helpOf(command.split(' '));
      for (const option of options) expect(stdout).toContain(option);
      expect(stdout).not.toMatch(/null|undefined|NaN|\d{7,}|default: ""/);
    },
  );

  it.each(['--version'])('%s prints the version', async (option) => {
    const { code, stdout } = await run([option]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('wrong usage exits 2 with one line that says what is right', () => {
  it.each(['frobnicate', 'teleport', 'backup', 'restore'])('no command %s', async (command) => {
    expectClear(await runHere([command]), 2, new RegExp(`unknown command '${command}'.*nowcast --help`));
  });

  it.each<[string, RegExp]>([
    ['demmo', /Did you mean demo\?/],
    ['models frob', /unknown command 'frob'.*nowcast models --help/],
    ['models show', /missing required argument 'version'/],
    ['up --frob', /unknown option '--frob'.*nowcast up --help/],
    ['up extra', /too many arguments for 'up'/],
    ['up --port 99999', /--port.*99999.*0 \(any free one\) to 65535/],
    ['up --port http', /--port.*http.*whole number/],
    ['up --log redis', /--log.*redis.*embedded, kafka/],
    ['stream --history sqlite', /--history.*sqlite.*embedded, influx/],
    ['demo --for banana', /--for.*banana.*90s, 5m, 2h or 28d/],
    ['demo --speed -1', /--speed.*-1.*above 0/],
    ['replay', /required option '--demand <file>'/],
    ['replay --demand x.csv --speed fast', /--speed.*fast/],
    ['replay --demand x.csv --timezone Mars/Base', /Mars\/Base.*IANA.*America\/Los_Angeles/],
    ['replay --demand x.csv --holidays XX-YY', /XX-YY.*US-CA/],
    ['replay --demand x.csv --train-every often', /--train-every.*often.*28d/],
    ['import', /required option '--demand <file>'/],
    ['import --demand x.csv --json /no/such/place.json', /\/no\/such\/place\.json.*no such file or folder/],
    ['backtest', /required option '--demand <file>'/],
    ['backtest --demand x.csv --zone A', /required option '--test-from <time>'/],
    ['backtest --demand x.csv --zone A --test-from yesterday', /yesterday.*2019-05-15/],
    ['backtest --demand x.csv --zone A --test-from 2024-01-01 --horizons 5,a', /5,a.*5,15,60/],
    ['backtest --demand x.csv --zone A --test-from 2024-01-01 --predictions .', /is a folder/],
    ['keys create --scopes read', /required option '--name <name>'/],
    ['keys create --name x --scopes read,write', /--scopes.*write.*read, export, operate, admin/],
    ['keys create --name x --scopes read --expires never', /--expires.*never.*90d/],
    ['train --until banana', /--until.*banana/],
    ['train --until 2024-01-01', /--until.*--zones/],
    ['train --zones ,', /--zones/],
    ['collect --source weather-station', /--source.*weather-station/],
  ])('%s', async (line, says) => {
    expectClear(await runHere(line.split(' ')), 2, says);
  });
});

describe('as a process of its own', () => {
  it('exits 2 for wrong usage and 1 for a wrong configuration', async () => {
    expectClear(await run(['up', '--frob']), 2, /unknown option '--frob'/);
    expectClear(await run(['up', '--config', '/no/such.json']), 1, /there is no such file/);
  });
});

describe('a wrong configuration exits 1 and names the setting', () => {
  const configured = (text: string): string[] => {
    const file = path.join(dir, 'config.json');
    writeFileSync(file, text);
    return ['up', '--data-dir', path.join(dir, 'data'), '--port', '0', '--config', file];
  };

  it.each<[string, string, RegExp]>([
    ['that is no JSON', '{', /config\.json: .*JSON/],
    [
      'with unknown settings',
      '{"zones":[{"zone":"A","foo":1}],"bar":2}',
      /has no setting bar.*\/zones\/0 has no setting foo/,
    ],
    ['with a bad value', '{"http":{"port":99999}}', /\/http\/port must be <= 65535/],
    [
      'with an unknown time zone',
      '{"zones":[{"zone":"A","timeZone":"Mars/Base"}]}',
      /zone A: "Mars\/Base" is not a time zone/,
    ],
    [
      'with unknown holidays',
      '{"zones":[{"zone":"A","holidays":"XX"}]}',
      /zone A: no holidays are known for "XX"/,
    ],
    [
      'with horizons off the grid',
      '{"zones":[{"zone":"A","stepMinutes":30,"horizonsMinutes":[30,45]}]}',
      /zone A: horizon 45 min is not a multiple of its step of 30 min/,
    ],
  ])('file %s', async (_what, text, says) => {
    expectClear(await runHere(configured(text)), 1, says);
  });

  it('file that is not there', async () => {
    expectClear(
      await runHere(['up', '--config', path.join(dir, 'none.json')]),
      1,
      /none\.json: there is no such file/,
    );
  });

  it.each<[string, string, RegExp]>([
    ['NOWCAST_PORT', 'http', /NOWCAST_PORT: expected a port/],
    ['NOWCAST_LOG_LEVEL', 'loud', /NOWCAST_LOG_LEVEL: expected .*info.*got "loud"/],
    ['NOWCAST_LOG', 'redis', /log: expected embedded or kafka, got "redis"/],
  ])('variable %s=%s', async (name, value, says) => {
    expectClear(await runHere(['up', '--data-dir', path.join(dir, 'data')], { [name]: value }), 1, says);
  });

  it('InfluxDB address', async () => {
    const args = ['up', '--data-dir', path.join(dir, 'data'), '--port', '0', '--history', 'influx'];
    expectClear(await runHere(args, { INFLUX_URL: 'banana' }), 1, /InfluxDB address.*"banana"/);
  });
});
