import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FeedClient } from '../feed/feed-client.js';
import { Serving } from '../feed/serving.js';

const KEY = 'an-admin-key-of-tests-0123456789';

function opensslMissing(): string | null {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return null;
  } catch {
    console.warn('skipped: no openssl to make a certificate with');
    return 'no openssl';
  }
}

describe.skipIf(opensslMissing() !== null)('HTTPS from files', () => {
  let dir: string;
  let files: { certFile: string; keyFile: string };
  let serving: Serving;
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'nowcast-tls-'));
    files = { certFile: path.join(dir, 'tls.crt'), keyFile: path.join(dir, 'tls.key') };
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const out = ['-keyout', files.keyFile, '-out', files.certFile];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...key, ...out, '-days', '2', ...subject], { stdio: 'ignore' });
    serving = await Serving.start({ adminKey: KEY, api: { tls: files } });
  });
  afterAll(async () => {
    await serving.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it('serves REST and the feed, and tells browsers to stay with it', async () => {
    expect(serving.url).toMatch(/^https:\/\//);
    const url = `${serving.url.replace('localhost', '127.0.0.1')}/v1/zones`;
    const answer = await new Promise<{ status: number | undefined; hsts: unknown }>((resolve, reject) => {
      request(url, { rejectUnauthorized: false }, (response) => {
        response.resume();
        resolve({ status: response.statusCode, hsts: response.headers['strict-transport-security'] });
      })
        .on('error', reject)
        .end();
    });
    expect(answer).toEqual({ status: 200, hsts: 'max-age=15552000' });
    const client = await FeedClient.connect(serving.feedUrl, { rejectUnauthorized: false });
    client.send({ type: 'subscribe', id: 's', zones: ['*'] });
    await client.first('snapshot');
    client.close();
  });

  it('refuses old versions of TLS', async () => {
    const { port, hostname } = new URL(serving.feedUrl);
    await expect(
      new Promise((resolve, reject) => {
        const options = {
          host: hostname,
          port: Number(port),
          rejectUnauthorized: false,
          maxVersion: 'TLSv1.1' as const,
        };
        const socket = connect({ ...options, minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' }, () => {
          socket.destroy();
          resolve('connected');
        });
        socket.on('error', reject);
      }),
    ).rejects.toThrow();
  });

  it('does not start with files that are none, and names them', async () => {
    const missing = { ...files, certFile: path.join(dir, 'none.crt') };
    await expect(Serving.start({ api: { tls: missing } })).rejects.toThrow(/http\.tls\.certFile .*none\.crt/);
    const swapped = { certFile: files.keyFile, keyFile: files.certFile };
    await expect(Serving.start({ api: { tls: swapped } })).rejects.toThrow(
      /http\.tls: .*cannot be used together/,
    );
  });
});

describe('pages of other origins', () => {
  const PAGE = 'https://dashboard.example.org';
  let serving: Serving;
  beforeAll(async () => {
    serving = await Serving.start({ adminKey: KEY, api: { allowedOrigins: [PAGE], feedOrigins: [] } });
  });
  afterAll(() => serving.stop());

  async function ask(
    method: 'GET' | 'OPTIONS' | 'POST',
    origin: string,
    headers: Record<string, string> = {},
  ) {
    const answer = await serving.server.fastify.inject({
      method,
      url: method === 'GET' ? '/v1/zones' : '/v1/training-runs',
      headers: { host: 'localhost', origin, ...headers },
    });
    return { status: answer.statusCode, headers: answer.headers };
  }

  it('may call when they are listed, with a key, and read why they were refused', async () => {
    const preflight = await ask('OPTIONS', PAGE, {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': PAGE,
      'access-control-allow-methods': expect.stringContaining('POST') as string,
      'access-control-allow-headers': expect.stringContaining('authorization') as string,
    });
    expect(preflight.headers).not.toHaveProperty('access-control-allow-credentials');
    const refused = await ask('POST', PAGE);
    expect(refused.status).toBe(401);
    expect(refused.headers['access-control-allow-origin']).toBe(PAGE);
    const read = await ask('GET', PAGE);
    expect(read.headers['access-control-allow-origin']).toBe(PAGE);
    expect(String(read.headers['vary']).toLowerCase()).toContain('origin');
  });

  it.each([
    'https://evil.example.org',
    'https://dashboard.example.org.evil.org',
    'null',
    'http://dashboard.example.org',
  ])('are not told that they may when they are %s', async (origin) => {
    expect((await ask('GET', origin)).headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('may be given the API without the feed', async () => {
    const client = await FeedClient.connect(serving.feedUrl, { origin: PAGE });
    expect(await client.closed).toMatchObject({ code: 4403 });
  });
});
