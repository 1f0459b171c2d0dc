import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import Fastify from 'fastify';
import type { DeclaredRoute } from '../../../src/api/auth/route-access.js';
import { collectRoutes } from '../../../src/api/auth/route-access.js';
import { grants, type Scope } from '../../../src/api/auth/scopes.js';
import { readTopic } from '../../integration/support/topic.js';
import { Serving } from '../../feed/serving.js';
import { isValid } from '../api-fixture.js';
import { makeCredentials, type Credential, type Credentials } from './credentials.js';

type Expected = 'let in' | 401 | 403;

/** What the design says, told apart from how the service decides it. */
function expected(
  route: DeclaredRoute,
  { authorization, scopes }: Credential,
  open: readonly Scope[],
): Expected {
  if (route.access === 'open') return 'let in';
  if (scopes === null) return 401;
  if (grants(new Set([...scopes, ...open]), route.access)) return 'let in';
  return authorization === null ? 401 : 403;
}

let credentials: Credentials;
let closed: Serving;
let local: Serving;

beforeAll(async () => {
  credentials = await makeCredentials();
  const access = { checkers: credentials.checkers, perAddress: 1e6, perKey: 1e6 };
  closed = await Serving.start({
    access: { ...access, open: { host: '0.0.0.0', openRead: null, openExport: null } },
  });
  local = await Serving.start({ access });
});
afterAll(async () => {
  await closed.stop();
  await local.stop();
  await credentials.close();
});

async function call(
  serving: Serving,
  { method, url }: DeclaredRoute,
  { authorization }: Credential,
  host = 'localhost',
) {
  return serving.server.fastify.inject({
    method: method as 'GET',
    url: url.replace(/:\w+/g, 'x').replace('*', 'x'),
    headers: { host, ...(authorization === null ? {} : { authorization }) },
  });
}

async function differences(
  serving: Serving,
  open: readonly Scope[],
  host?: string,
  sent: readonly Credential[] = credentials.all,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const route of serving.server.routes)
    // Pages and files ask nobody: a few credentials show that as well as all.
    for (const credential of route.access === 'open' ? sent.slice(0, 4) : sent) {
      const answer = await call(serving, route, credential, host);
      const { statusCode: status } = answer;
      const want = expected(route, credential, open);
      const got = status === 401 || status === 403 ? status : 'let in';
      const what = `${route.method} ${route.url} (${route.access}) with ${credential.label}`;
      if (got !== want) wrong.push(`${what}: ${String(status)}, not ${String(want)}`);
      if (status >= 500 && route.url !== '/readyz') wrong.push(`${what}: ${String(status)}`);
      if (want === 'let in') continue;
      if (answer.headers['www-authenticate'] === undefined) wrong.push(`${what}: no challenge`);
      if (route.method !== 'HEAD') isValid('rest-problem', answer.json());
    }
  return wrong;
}

describe('the auth matrix: every route x every credential', () => {
  it('covers every route that the service has, and each scope that routes can ask for', () => {
    const { routes } = closed.server;
    expect(routes.length).toBeGreaterThan(30);
    const named = routes.map(({ method, url }) => `${method} ${url}`);
    expect(named).toEqual(
      expect.arrayContaining(['GET /v1/zones', 'POST /v1/models/rollback', 'GET /metrics']),
    );
    const data = routes.filter(({ url, access }) => url.startsWith('/v1/') && access === 'open');
    expect(data).toEqual([]);
    const changing = routes.filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method));
    for (const { access } of changing) expect(['operate', 'admin']).toContain(access);
  });

  it('where nothing is open', async () => {
    expect(await differences(closed, [])).toEqual([]);
  });

  it('where this machine may read and export', async () => {
    expect(await differences(local, ['read', 'export'])).toEqual([]);
  });

  it('lets nobody read through a name that is not of this machine', async () => {
    const sent = credentials.all.filter(({ label }) => ['no credential', 'key read'].includes(label));
    expect(await differences(local, [], 'rebound.example.org:8080', sent)).toEqual([]);
  });

  it('has every operate and admin call in the audit, with who it was and never with what it had', async () => {
    const entries = await readTopic(closed.log, closed.codec, 'audit');
    const audited = closed.server.routes.filter(({ access }) => access === 'operate' || access === 'admin');
    expect(audited.length).toBeGreaterThan(2);
    for (const { action, url } of audited) {
      const own = entries.filter((entry) => entry.action === action);
      expect(own.length, url).toBeGreaterThanOrEqual(credentials.all.length);
      const actors = new Set(own.map(({ actor }) => actor.replace(/^key:.*/, 'key')));
      expect(actors).toEqual(new Set(['anonymous', 'admin-key', 'key', 'jwt:alice']));
      expect(own.every(({ details }) => details['address'] === '127.0.0.1')).toBe(true);
    }
    const text = JSON.stringify(entries);
    for (const { authorization } of credentials.all) {
      const secret = authorization?.replace(/^\w+ ?/, '');
      if (secret !== undefined && secret.length > 8) expect(text).not.toContain(secret);
    }
  });
});

describe('routes', () => {
  it('that declare no access fail the start', async () => {
    const fastify = Fastify();
    collectRoutes(fastify);
    fastify.get('/forgotten', () => 'secret');
    await expect(fastify.ready()).rejects.toThrow(/GET \/forgotten declares no access/);
  });

  it('that change something without an audit fail the start', async () => {
    const fastify = Fastify();
    collectRoutes(fastify);
    fastify.post('/silent', { config: { access: 'operate' } }, () => 'done');
    await expect(fastify.ready()).rejects.toThrow(/POST \/silent is not audited/);
  });
});
