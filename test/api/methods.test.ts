import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../src/contracts/generated/rest-problem.js';
import { Serving } from '../feed/serving.js';
import { isValid } from './api-fixture.js';

const KEY = 'a-key-of-tests-0123456789';
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE'];

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

let serving: Serving;
let elsewhere: Serving;
beforeAll(async () => {
  const access = { perAddress: 1e6, perKey: 1e6 };
  serving = await Serving.start({ adminKey: KEY, access, api: { webDir: '/nonexistent' } });
  elsewhere = await Serving.start({ api: { allowedOrigins: ['https://page.example'] } });
});
afterAll(async () => {
  await serving.stop();
  await elsewhere.stop();
});

/** By the plain client: fetch refuses TRACE. */
function send(
  { url }: Serving,
  method: string,
  path: string,
  headers: http.OutgoingHttpHeaders = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(url);
    const request = http.request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    request.on('error', reject).end(body);
  });
}

/** Every path of the document, with the methods that it declares; HEAD is there where GET is. */
function documented(): [string, string[]][] {
  const { paths } = serving.server.fastify.swagger() as { paths: Record<string, object> };
  return Object.entries(paths).map(([template, operations]) => {
    const methods = Object.keys(operations).map((method) => method.toUpperCase());
    const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
    return [template.replace(/\{\w+\}/g, 'x'), [...new Set(allowed)].sort()];
  });
}

describe('a method that a path does not have', () => {
  it.each(['with the admin key', 'without a key'])('is 405 that names those it has, %s', async (who) => {
    const authorization = who === 'without a key' ? {} : { authorization: `Bearer ${KEY}` };
    const paths = documented();
    expect(paths.length).toBeGreaterThan(20);
    const wrong: string[] = [];
    for (const [path, allowed] of paths)
      for (const method of METHODS.filter((one) => !allowed.includes(one))) {
        const { status, headers, text } = await send(serving, method, path, authorization);
        const what = `${method} ${path}: ${status} ${String(headers.allow)} ${text}`;
        if (status !== 405 || headers.allow !== allowed.join(', ')) wrong.push(what);
        if (method === 'HEAD') continue;
        const problem = JSON.parse(text) as Problem;
        isValid('rest-problem', problem);
        if (!String(headers['content-type']).includes('problem+json')) wrong.push(what);
        if (problem.code !== 'METHOD_NOT_ALLOWED' || !problem.detail.endsWith(allowed.join(', ')))
          wrong.push(what);
      }
    expect(wrong).toEqual([]);
  });

  it('is told before its body is read, whatever that is', async () => {
    const json = { 'content-type': 'application/json' };
    expect(await send(serving, 'DELETE', '/v1/nowcasts', json)).toMatchObject({ status: 405 });
    expect(await send(serving, 'PUT', '/v1/nowcasts', json, '{')).toMatchObject({ status: 405 });
    expect(await send(serving, 'POST', '/v1/zones', { 'content-type': 'text/csv' }, 'a')).toMatchObject({
      status: 405,
    });
    expect(await send(serving, 'POST', '/v1/nope', json, '{')).toMatchObject({ status: 404 });
  });

  it('is one of pages and probes too, and of no other path', async () => {
    for (const path of ['/', '/docs', '/openapi.json', '/healthz', '/readyz', '/metrics'])
      expect(await send(serving, 'POST', path), path).toMatchObject({
        status: 405,
        headers: { allow: 'GET, HEAD' },
      });
    expect((await send(serving, 'POST', '/v1/zones/NORTH')).status).toBe(404);
  });

  it('counts as a call', async () => {
    const { headers } = await send(serving, 'PATCH', '/v1/zones?secret=1');
    expect(headers['x-ratelimit-remaining']).toMatch(/^\d+$/);
  });
});

describe('HEAD', () => {
  it('follows GET on every path that needs no parameter, without a body', async () => {
    for (const path of [
      '/v1/zones',
      '/v1/quality',
      '/v1/webhooks',
      '/v1/keys',
      '/healthz',
      '/openapi.json',
    ]) {
      const headers = { authorization: `Bearer ${KEY}` };
      const got = await send(serving, 'GET', path, headers);
      const head = await send(serving, 'HEAD', path, headers);
      expect([head.status, head.headers['content-type'], head.text], path).toEqual([
        got.status,
        got.headers['content-type'],
        '',
      ]);
    }
    expect((await send(serving, 'HEAD', '/v1/webhooks')).status).toBe(401);
  });

  it('of an export says what the file would be, and what is wrong with the call', async () => {
    const path = '/v1/export?kind=demand&from=2024-07-01T00:00:00Z';
    const head = await send(serving, 'HEAD', path);
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers['content-disposition']).toBe('attachment; filename="demand-2024-07-01.csv"');
    expect((await send(serving, 'HEAD', '/v1/export?kind=demand')).status).toBe(400);
  });
});

describe('OPTIONS', () => {
  const preflight = { origin: 'https://page.example', 'access-control-request-method': 'GET' };

  it('is the preflight of pages elsewhere where such are allowed', async () => {
    const answer = await send(elsewhere, 'OPTIONS', '/v1/zones', preflight);
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-methods']).toContain('GET');
    const { status, headers } = await send(elsewhere, 'DELETE', '/v1/zones', preflight);
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
    // A page may read why it was refused.
    expect(headers['access-control-allow-origin']).toBe('https://page.example');
  });

  it('is a method that paths do not have where none are', async () => {
    expect(await send(serving, 'OPTIONS', '/v1/zones', preflight)).toMatchObject({ status: 405 });
  });
});
