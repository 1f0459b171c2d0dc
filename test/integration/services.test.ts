/** services:up and services:down themselves, on an instance of this test's own. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servicesOrSkip } from './support/services.js';

const services = await servicesOrSkip(['influx']);
const SCRIPT = path.resolve('scripts/services.mjs');

function run(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe.skipIf(services.skipReason !== null)('services:up and services:down', () => {
  let dir: string;
  const usualPort = createServer();

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'power-nowcast-services-'));
    // Taken here, or by whoever has it already: either way the usual port is not free.
    await new Promise<void>((resolve) => {
      usualPort.once('error', () => resolve()).listen(8086, '127.0.0.1', () => resolve());
    });
  });
  afterAll(async () => {
    await run('down', '--dir', dir);
    usualPort.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('starts on a free port, says where, finds itself running, and ends without a trace', async () => {
    const up = await run('up', '--only', 'influx', '--dir', dir);
    expect(up).toMatchObject({ status: 0, stderr: '' });
    const env = readFileSync(path.join(dir, '.services.env'), 'utf8');
    expect(up.stdout.endsWith(env)).toBe(true);
    const url = /^INFLUX_URL=(http:\/\/127\.0\.0\.1:\d+)\n$/.exec(env)?.[1] ?? '';
    expect(url).not.toContain(':8086');
    expect((await fetch(`${url}/ping`)).ok).toBe(true);

    const again = await run('up', '--only', 'influx', '--dir', dir);
    expect(again.stdout).toContain('already up');
    expect(again.stdout.endsWith(env)).toBe(true);

    expect((await run('down', '--dir', dir)).status).toBe(0);
    await expect(fetch(`${url}/ping`)).rejects.toThrow();
    for (const name of ['state.json', '.services.env', 'influx'])
      expect(existsSync(path.join(dir, name))).toBe(false);
    expect((await run('down', '--dir', dir)).stdout).toContain('nothing was started');
  });

  it('says what is wrong with its arguments', async () => {
    expect(await run('sideways')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('up, down') as string,
    });
    const wrong = await run('up', '--only', 'mysql');
    expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining('mysql') as string });
  });
});
