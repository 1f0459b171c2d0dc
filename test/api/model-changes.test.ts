import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/contracts/records.js';
import { Serving } from '../feed/serving.js';
import { appendModels, sampleModel, trusted } from '../model/sample-models.js';
import { readTopic } from '../integration/support/topic.js';

const KEY = 'a-key-of-tests-0123456789';
const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Record<string, unknown>;
}

async function post(
  serving: Serving,
  where: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${serving.url.replace('localhost', '127.0.0.1')}${where}`, {
    method: 'POST',
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    body: JSON.parse(text) as Record<string, unknown>,
  };
}

/** Without the entries that only say that a change began. */
const audit = async (serving: Serving): Promise<AuditEntry[]> =>
  (await readTopic(serving.log, serving.codec, 'audit')).filter(({ outcome }) => outcome !== 'begun');

describe('changes of models over REST', () => {
  let serving: Serving;
  beforeAll(async () => {
    serving = await Serving.start({ trusted, adminKey: KEY });
    await appendModels(
      serving.log,
      serving.codec,
      sampleModel({ version: 'm1' }),
      sampleModel({ version: 'm2' }),
      sampleModel({ version: 'm3', status: 'rejected' }),
    );
  });
  afterAll(() => serving.stop());

  it('promotes with the key, with or without a body, and rolls back', async () => {
    const promoted = await post(serving, '/v1/models/m3/promote', undefined, bearer(KEY));
    expect(promoted).toMatchObject({
      status: 200,
      body: { version: 'm3', replaced: { Z: 'm2' }, retired: null, changed: true },
    });
    const back = await post(serving, '/v1/models/rollback', { zone: 'Z', reason: 'a test' }, bearer(KEY));
    expect(back).toMatchObject({ status: 200, body: { version: 'm2', retired: 'm3' } });
    const named = { zone: 'Z', toVersion: 'm1' };
    expect((await post(serving, '/v1/models/rollback', named, bearer(KEY))).body['version']).toBe('m1');
    const entries = await audit(serving);
    expect(entries.map(({ action, outcome, target }) => [action, outcome, target])).toEqual([
      ['models.promote', 'ok', 'm3'],
      ['models.rollback', 'ok', 'Z'],
      ['models.rollback', 'ok', 'Z'],
    ]);
    expect(entries[1]).toMatchObject({
      actor: 'admin-key',
      details: { reason: 'a test', via: 'api', address: '127.0.0.1' },
    });
  });

  it.each<[string, string, unknown, Record<string, string>, number, RegExp]>([
    ['without a key', '/v1/models/m1/promote', {}, {}, 401, /the scope operate: Authorization: Bearer/],
    ['with a wrong key', '/v1/models/m1/promote', {}, bearer(`${KEY}x`), 401, /neither a key nor a token/],
    [
      'in another scheme',
      '/v1/models/rollback',
      { zone: 'Z' },
      { authorization: `Basic ${KEY}` },
      401,
      /must be: Bearer KEY/,
    ],
    ['of an unknown version', '/v1/models/m9/promote', {}, bearer(KEY), 404, /no model version "m9"/],
    ['for another zone', '/v1/models/m1/promote', { zone: 'Q' }, bearer(KEY), 400, /is of Z, not of Q/],
    [
      'with an unknown field',
      '/v1/models/m1/promote',
      { zon: 'Z' },
      bearer(KEY),
      400,
      /unknown parameter "zon"/,
    ],
    ['without a zone', '/v1/models/rollback', {}, bearer(KEY), 400, /zone/],
    [
      'of a zone without a model',
      '/v1/models/rollback',
      { zone: 'N' },
      bearer(KEY),
      404,
      /has no model that serves/,
    ],
  ])('refuses one %s, as a problem', async (_, where, body, headers, status, detail) => {
    const answer = await post(serving, where, body, headers);
    expect(answer.status).toBe(status);
    expect(answer.type).toMatch(/^application\/problem\+json/);
    expect(answer.body['detail']).toMatch(detail);
    expect(JSON.stringify(answer.body)).not.toContain(KEY);
  });

  it('writes what was denied to the audit, and never a key', async () => {
    const entries = await audit(serving);
    const denied = entries.filter(({ outcome }) => outcome === 'denied');
    expect(denied.map(({ action, target, details }) => [action, target, details['error']])).toEqual([
      ['models.promote', 'm1', 'UNAUTHORISED'],
      ['models.promote', 'm1', 'UNAUTHORISED'],
      ['models.rollback', 'unknown', 'UNAUTHORISED'],
    ]);
    const failed = entries.filter(({ outcome }) => outcome === 'failed');
    // Those that failed before the registry was asked are in it too, and none twice.
    expect(failed.map(({ action, target }) => [action, target])).toEqual([
      ['models.promote', 'm9'],
      ['models.promote', 'm1'],
      ['models.promote', 'm1'],
      ['models.rollback', 'unknown'],
      ['models.rollback', 'N'],
    ]);
    expect(JSON.stringify(entries)).not.toContain(KEY);
  });

  it('answers 409 for a version that consumers would refuse', async () => {
    const odd = sampleModel({ version: 'odd', status: 'rejected', changes: { featureHash: 'e'.repeat(64) } });
    await appendModels(serving.log, serving.codec, odd);
    const answer = await post(serving, '/v1/models/odd/promote', {}, bearer(KEY));
    expect(answer).toMatchObject({ status: 409, body: { code: 'MODEL_MISMATCH' } });
  });

  it('documents both with the scope that they need', async () => {
    const response = await fetch(`${serving.url.replace('localhost', '127.0.0.1')}/openapi.json`);
    const api = (await response.json()) as {
      paths: Record<string, { post?: { security?: unknown } }>;
      components: { securitySchemes?: Record<string, unknown> };
    };
    for (const path of ['/v1/models/{version}/promote', '/v1/models/rollback'])
      expect(api.paths[path]?.post?.security).toEqual([{ bearer: ['operate'] }]);
    expect(api.components.securitySchemes).toHaveProperty('bearer');
  });
});

describe('a service without any key', () => {
  it('changes nothing for anybody, says how to allow it, and notes the attempt', async () => {
    const serving = await Serving.start({ trusted });
    try {
      await appendModels(serving.log, serving.codec, sampleModel({ version: 'm1', status: 'rejected' }));
      const answer = await post(serving, '/v1/models/m1/promote', {}, bearer(KEY));
      expect(answer.status).toBe(401);
      expect(answer.type).toMatch(/^application\/problem\+json/);
      expect(answer.body['detail']).toMatch(/neither a key nor a token/);
      expect(await audit(serving)).toMatchObject([{ outcome: 'denied', details: { error: 'UNAUTHORISED' } }]);
      expect(await readTopic(serving.log, serving.codec, 'models')).toHaveLength(1);
    } finally {
      await serving.stop();
    }
  });
});
