import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newApiKey } from '../../src/api/auth/keys/api-key.js';
import { addKey, revokeKeys } from '../../src/api/auth/keys/key-changes.js';
import { changeKeyFile } from '../../src/api/auth/keys/key-file.js';
import type { AuditEntry } from '../../src/contracts/records.js';
import { DAY_MS } from '../../src/contracts/time.js';
import { Serving } from '../feed/serving.js';
import { readTopic } from '../integration/support/topic.js';
import { isValid } from './api-fixture.js';

const ADMIN = 'an-admin-key-of-tests-0123456789';

describe('API keys over REST', () => {
  let serving: Serving;
  let file: string;
  const made: string[] = [];
  beforeAll(async () => {
    serving = await Serving.start({
      adminKey: ADMIN,
      access: { open: { host: '0.0.0.0', openRead: null, openExport: null } },
    });
    file = path.join(serving.dir, 'keys', 'api-keys.json');
  });
  afterAll(() => serving.stop());

  async function call(method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object, key: string = ADMIN) {
    const headers = { authorization: `Bearer ${key}`, host: 'localhost' };
    const answer = await serving.server.fastify.inject({
      method,
      url,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: answer.json<Record<string, unknown>>(),
    };
  }

  async function create(order: object): Promise<{ key: string; id: string }> {
    const answer = await call('POST', '/v1/keys', order);
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    isValid('rest-key-created', answer.body);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { key, id } = answer.body as { key: string; id: string };
    made.push(key);
    return { key, id };
  }
  const audit = (): Promise<AuditEntry[]> => readTopic(serving.log, serving.codec, 'audit');

  it('are made, used, rotated with grace, and revoked', async () => {
    const { key, id } = await create({ name: 'grafana', scopes: ['read'] });
    expect(key).toMatch(new RegExp(`^pnk_${id}_[\\w-]{43}$`));
    expect((await call('GET', '/v1/zones', undefined, key)).status).toBe(200);
    expect((await call('POST', '/v1/training-runs', {}, key)).status).toBe(403);
    const rotated = await call('POST', `/v1/keys/${id}/rotate`, { graceSeconds: 3600 });
    expect(rotated.status).toBe(201);
    const next = rotated.body as { key: string; id: string };
    made.push(next.key);
    for (const one of [key, next.key])
      expect((await call('GET', '/v1/zones', undefined, one)).status).toBe(200);
    expect((await call('DELETE', `/v1/keys/${next.id}`)).body).toMatchObject({ state: 'revoked' });
    const refused = await call('GET', '/v1/zones', undefined, next.key);
    expect(refused.status).toBe(401);
    expect(refused.body['detail']).toMatch(new RegExp(`^API key ${next.id} is revoked since 20`));
    expect(refused.headers['www-authenticate']).toBe('Bearer realm="power-nowcast", error="invalid_token"');
    expect((await call('GET', '/v1/zones', undefined, key)).status).toBe(200);
  });

  it('are listed without anything that could be used as one, with their last use', async () => {
    const answer = await call('GET', '/v1/keys');
    isValid('rest-keys', answer.body);
    const [first] = answer.body['keys'] as {
      name: string;
      lastUsedAt: string | null;
      replacedBy: string | null;
    }[];
    expect(first).toMatchObject({ name: 'grafana', lastUsedAt: expect.stringMatching(/^20/) as string });
    expect(first?.replacedBy).not.toBeNull();
    expect(JSON.stringify(answer.body)).not.toMatch(/[0-9a-f]{64}/);
  });

  it('lie hashed in a file of their owner alone', async () => {
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, 'utf8');
    isValid('api-keys', JSON.parse(text));
    for (const key of made) expect(text).not.toContain(key.slice(-20));
  });

  it.each([
    ['twice of the same name', { name: 'grafana', scopes: ['read'] }, /named "grafana" already/],
    [
      'with an end that is past',
      { name: 'b', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' },
      /before now/,
    ],
    ['with an end that is no time', { name: 'b', scopes: ['read'], expiresAt: 'soon' }, /expiresAt/],
    ['with an unknown scope', { name: 'b', scopes: ['write'] }, /scopes/],
    ['without a scope', { name: 'b', scopes: [] }, /scopes/],
    ['without a name', { scopes: ['read'] }, /name/],
    ['with a control character in the name', { name: 'a\nb', scopes: ['read'] }, /name/],
  ])('are not made %s', async (_what, order, says) => {
    const before = await readFile(file, 'utf8');
    const answer = await call('POST', '/v1/keys', order);
    expect(answer.status).toBe(400);
    expect(String(answer.body['detail'])).toMatch(says);
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('that are unknown or revoked cannot be rotated or revoked', async () => {
    expect((await call('DELETE', '/v1/keys/none')).status).toBe(404);
    expect((await call('POST', '/v1/keys/none/rotate')).status).toBe(404);
    const { id } = await create({ name: 'gone', scopes: ['read'] });
    expect((await call('DELETE', `/v1/keys/${id}`)).status).toBe(200);
    expect((await call('DELETE', `/v1/keys/${id}`)).status).toBe(400);
    expect((await call('POST', `/v1/keys/${id}/rotate`)).status).toBe(400);
  });

  it('that another process makes, revokes or lets expire are seen by the running service', async () => {
    const other = newApiKey();
    await changeKeyFile(file, (keys) =>
      addKey(keys, { name: 'cli', scopes: ['read'], expiresAtMs: null }, other, Date.now()),
    );
    const statusOf = async (): Promise<number> =>
      (await call('GET', '/v1/zones', undefined, other.key)).status;
    await vi.waitFor(async () => {
      expect(await statusOf()).toBe(200);
    });
    await changeKeyFile(file, (keys) => revokeKeys(keys, 'cli', Date.now()));
    await vi.waitFor(async () => {
      expect(await statusOf()).toBe(401);
    });
    const past = newApiKey();
    await changeKeyFile(file, (keys) =>
      addKey(
        keys,
        { name: 'old', scopes: ['read'], expiresAtMs: Date.now() - DAY_MS },
        past,
        Date.now() - 2 * DAY_MS,
      ),
    );
    await vi.waitFor(async () => {
      const answer = await call('GET', '/v1/zones', undefined, past.key);
      expect(answer.body['detail']).toMatch(/is expired since/);
    });
  });

  it('leave each change in the audit, with who made it', async () => {
    const entries = await audit();
    const kinds = (action: string): string[] =>
      entries.filter((entry) => entry.action === action).map(({ outcome }) => outcome);
    expect(new Set(kinds('keys.create'))).toEqual(new Set(['begun', 'ok', 'failed']));
    expect(kinds('keys.create').filter((outcome) => outcome === 'failed')).toHaveLength(7);
    expect(kinds('keys.revoke')).toContain('ok');
    expect(kinds('keys.list')).toEqual(['ok']);
    expect(entries.filter(({ actor }) => actor === 'admin-key').length).toBeGreaterThan(10);
    const text = JSON.stringify(entries);
    for (const key of made) expect(text).not.toContain(key.slice(-20));
  });
});

describe('calls beyond the limit', () => {
  it('are refused with a time to wait, per key and per address, and noted once', async () => {
    const serving = await Serving.start({ adminKey: ADMIN, access: { perAddress: 3, perKey: 5 } });
    try {
      const call = (authorization?: string) =>
        serving.server.fastify.inject({
          method: authorization === undefined ? 'GET' : 'POST',
          url: authorization === undefined ? '/v1/zones' : '/v1/models/x/promote',
          headers: { host: 'localhost', ...(authorization === undefined ? {} : { authorization }) },
        });
      const anonymous = [];
      for (let i = 0; i < 5; i += 1) anonymous.push(await call());
      expect(anonymous.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 429, 429]);
      const [refused] = anonymous.slice(-1);
      isValid('rest-problem', refused?.json());
      expect(Number(refused?.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(refused?.headers['x-ratelimit-remaining']).toBe('0');
      const keyed = [];
      for (let i = 0; i < 9; i += 1) keyed.push((await call(`Bearer ${ADMIN}`)).statusCode);
      expect(keyed).toEqual([404, 404, 404, 404, 404, 429, 429, 429, 429]);
      // Guessing is as slow as the address is limited.
      expect((await call('Bearer guess')).statusCode).toBe(429);
      const entries = await readTopic(serving.log, serving.codec, 'audit');
      expect(entries.filter(({ outcome }) => outcome === 'denied')).toMatchObject([
        { actor: 'admin-key', details: { error: 'TOO_MANY_REQUESTS' } },
      ]);
    } finally {
      await serving.stop();
    }
  });
});
