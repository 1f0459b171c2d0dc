import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectClear, expectNoStack } from './support/clear.js';
import { Cli, run } from './support/cli.js';
import { servicesOrSkip } from './support/services.js';

const services = await servicesOrSkip(['kafka']);
/** A server that is away must be told of, not waited for. Roomy, because the machine may be busy. */
const TOLD_WITHIN_MS = 30_000;

let dir: string;
let deadPort: number;
beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-start-'));
  const { port, close } = await listen();
  await close();
  deadPort = port;
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

async function listen(): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

async function toldInTime(args: readonly string[], env: Readonly<Record<string, string>>, says: RegExp) {
  const startedAtMs = performance.now();
  expectClear(await run(args, env), 1, says);
  expect(performance.now() - startedAtMs).toBeLessThan(TOLD_WITHIN_MS);
}

describe('servers that are away at the start', () => {
  const kafkaArgs = (name: string) => ['--log', 'kafka', '--data-dir', path.join(dir, name), '--port', '0'];

  it.each(['stream', 'serve', 'train', 'up'])(
    '%s without its broker exits 1 and says where it looked',
    async (role) => {
      const env = { KAFKA_BROKERS: `127.0.0.1:${deadPort}` };
      const says = new RegExp(`no Kafka broker answers at 127\\.0\\.0\\.1:${deadPort}.*KAFKA_BROKERS`);
      await toldInTime([role, ...kafkaArgs('broker')], env, says);
    },
  );

  it('a broker address that is none is named', async () => {
    const args = ['stream', ...kafkaArgs('broker')];
    await toldInTime(
      args,
      { KAFKA_BROKERS: 'nonsense' },
      /no Kafka broker answers at nonsense.*KAFKA_BROKERS/,
    );
  });

  it('topics check without its broker exits 1', async () => {
    const env = { KAFKA_BROKERS: `127.0.0.1:${deadPort}` };
    await toldInTime(['topics', 'check'], env, /no Kafka broker answers/);
  });

  it.skipIf(services.skipReason !== null)('stream without its schema registry exits 1', async () => {
    const env = {
      KAFKA_BROKERS: services.kafkaBrokers.join(','),
      SCHEMA_REGISTRY_URL: `http://127.0.0.1:${deadPort}`,
      NOWCAST_TOPIC_PREFIX: 'bad-input-start.',
    };
    await toldInTime(['stream', ...kafkaArgs('registry')], env, /schema registry.*SCHEMA_REGISTRY_URL/);
  });

  it('doctor names what is away and exits 1', async () => {
    const env = { KAFKA_BROKERS: `127.0.0.1:${deadPort}` };
    const finished = await run(['doctor', '--log', 'kafka', '--data-dir', path.join(dir, 'doctor')], env);
    expectClear(finished, 1, /1 of \d+ checks failed/);
    expect(finished.stdout).toMatch(/^FAIL {2}log and schemas: no Kafka broker answers at/m);
  });
});

describe('a data directory that cannot be used', () => {
  it.each(['up', 'stream', 'serve', 'import'])('%s below a file exits 1', async (command) => {
    const file = path.join(dir, 'file');
    writeFileSync(file, '');
    const more = command === 'import' ? ['--demand', 'x.csv'] : ['--port', '0'];
    const args = [command, '--data-dir', path.join(file, 'data'), ...more];
    expectClear(await run(args), 1, /data directory .*file\/data cannot be made: .*--data-dir/);
  });

  it('doctor says so', async () => {
    const args = ['doctor', '--data-dir', path.join(dir, 'file', 'data')];
    const finished = await run(args);
    expectClear(finished, 1, /checks failed/);
    expect(finished.stdout).toMatch(/^FAIL {2}data directory: .*--data-dir$/m);
  });

  // Root may write anywhere, so a test run by root drops to another user.
  const isRoot = process.getuid?.() === 0;
  const asUser = isRoot && canDrop();
  if (isRoot && !asUser)
    console.warn('skipped: a read-only data directory; this root cannot become another user');

  it.skipIf(isRoot && !asUser)('that belongs to somebody else exits 1', async () => {
    const readOnly = path.join(dir, 'read-only');
    execFileSync('mkdir', ['-p', readOnly]);
    chmodSync(dir, 0o755);
    chmodSync(readOnly, 0o555);
    const args = ['up', '--data-dir', path.join(readOnly, 'data'), '--port', '0'];
    const finished = asUser ? await new Cli(args, {}, NOBODY).finished : await run(args);
    expectClear(finished, 1, /data directory .*read-only\/data cannot be made: this user may not/);
  });
});

const NOBODY = 65_534;

function canDrop(): boolean {
  try {
    execFileSync(process.execPath, ['-e', 'require("node:fs").accessSync("bin/nowcast.js")'], {
      uid: NOBODY,
      gid: NOBODY,
    });
    return true;
  } catch {
    return false;
  }
}

describe('what another process holds', () => {
  it.each(['up', 'stream', 'serve', 'train'])('%s on a port in use exits 1', async (role) => {
    const taken = await listen();
    try {
      const args = [role, '--data-dir', path.join(dir, `port-${role}`), '--port', String(taken.port)];
      expectClear(await run(args), 1, new RegExp(`port ${taken.port} on 127\\.0\\.0\\.1 is in use.*--port`));
    } finally {
      await taken.close();
    }
  });

  it.each(['serve', 'stream'])('%s on an address that is not of this machine exits 1', async (role) => {
    const args = [role, '--data-dir', path.join(dir, `host-${role}`), '--port', '0', '--host', '203.0.113.7'];
    expectClear(await run(args), 1, /cannot listen on 203\.0\.113\.7/);
  });

  it('a second stream on an embedded log exits 1 and names the first, which goes on', async () => {
    const args = ['up', '--data-dir', path.join(dir, 'held'), '--port', '0'];
    const first = new Cli(args);
    try {
      const [, url = ''] = await first.says(/power-nowcast: (http:\S+)/);
      await first.says(/partitions assigned/);
      expectClear(await run(args), 1, /in use by process \d+.*another data directory/);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      first.kill('SIGTERM');
      expect((await first.finished).code).toBe(0);
      expectNoStack(first.text);
    } finally {
      first.kill('SIGKILL');
    }
  });
});
