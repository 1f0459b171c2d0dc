import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AuditEntry } from '../../src/contracts/records.js';
import { NowcastError } from '../../src/contracts/errors.js';
import type { Problem } from '../../src/contracts/generated/rest-problem.js';
import { Serving } from '../feed/serving.js';
import { makeModel } from '../feed/records.js';
import { readTopic } from '../integration/support/topic.js';
import { Receiver } from '../webhooks/receiver.js';
import { isValid } from './api-fixture.js';

const KEY = 'an-admin-key-of-tests-0123456789';

let serving: Serving;
beforeAll(async () => {
  serving = await Serving.start({ adminKey: KEY, api: { webDir: '/nonexistent' } });
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => serving.stop());

/** The log of the service, which from an append to `audit` on (0 is the next) takes no more of them. */
function failAudit(from = 0): void {
  const append = serving.log.append.bind(serving.log);
  let entries = 0;
  vi.spyOn(serving.log, 'append').mockImplementation(async (topic, records) => {
    if (topic === 'audit' && entries++ >= from)
      throw new NowcastError('LOG_UNAVAILABLE', 'the log takes no records now', { retriable: true });
    return append(topic, records);
  });
}

async function call(method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object, key = KEY) {
  const answer = await serving.server.fastify.inject({
    method,
    url,
    headers: { host: 'localhost', authorization: `Bearer ${key}` },
    ...(payload === undefined ? {} : { payload }),
  });
  const body = answer.body === '' ? {} : answer.json<Record<string, unknown>>();
  return { status: answer.statusCode, headers: answer.headers, body };
}

type Answered = Awaited<ReturnType<typeof call>>;

function expectUnaudited({ status, headers, body }: Answered, detail: RegExp): void {
  isValid('rest-problem', body);
  expect([status, (body as unknown as Problem).code]).toEqual([503, 'AUDIT_UNAVAILABLE']);
  expect(headers['content-type']).toContain('application/problem+json');
  expect(String(body['detail'])).toMatch(detail);
}

const audit = (): Promise<AuditEntry[]> => readTopic(serving.log, serving.codec, 'audit');
const NOT_BEGUN = /was not begun and nothing was changed: its audit entry cannot be written \(the log takes/;
const DONE = /was done, but its audit entry could not be written \(the log takes/;

describe('while the audit cannot be written', () => {
  it('nothing is changed, and the call may be tried again', async () => {
    const webhook = await serving.webhooks.add({ url: 'http://127.0.0.1:1/' });
    const made = await call('POST', '/v1/keys', { name: 'old', scopes: ['read'] });
    await serving.append('models', [makeModel('m1', 'A', 'candidate')]);
    failAudit();
    const attempts: [string, string, object?][] = [
      ['POST', '/v1/keys', { name: 'new', scopes: ['admin'] }],
      ['POST', `/v1/keys/${String(made.body['id'])}/rotate`],
      ['POST', '/v1/webhooks', { url: 'http://127.0.0.1:1/' }],
      ['DELETE', `/v1/webhooks/${webhook.id}`],
      ['POST', `/v1/webhooks/${webhook.id}/replay`],
      ['POST', `/v1/webhooks/${webhook.id}/test`],
      ['POST', '/v1/training-runs', {}],
      ['POST', '/v1/models/m1/promote'],
      ['POST', '/v1/models/rollback', { zone: 'A' }],
    ];
    for (const [method, url, payload] of attempts) {
      const answer = await call(method as 'POST', url, payload);
      expectUnaudited(answer, NOT_BEGUN);
      expect(answer.headers['retry-after'], url).toBe('5');
    }
    expect(serving.keys.list().map(({ name, revokedAt }) => [name, revokedAt])).toEqual([['old', null]]);
    expect(await audit()).toHaveLength(2);
    expect(serving.webhooks.store.list()).toEqual([webhook]);
    expect(await readTopic(serving.log, serving.codec, 'training.requests')).toEqual([]);
    expect(await readTopic(serving.log, serving.codec, 'models')).toHaveLength(1);
  });

  it('a key is revoked all the same, and the answer says so', async () => {
    const { body } = await call('POST', '/v1/keys', { name: 'stolen', scopes: ['read'] });
    const key = String(body['key']);
    failAudit();
    const answer = await call('DELETE', `/v1/keys/${String(body['id'])}`);
    expectUnaudited(answer, DONE);
    expect(answer.headers['retry-after']).toBeUndefined();
    expect((await call('GET', '/v1/zones', undefined, key)).status).toBe(401);
  });

  it('what is read or refused is answered, and what nobody did is not told as done', async () => {
    failAudit();
    expect((await call('GET', '/v1/keys')).status).toBe(200);
    expect((await call('POST', '/v1/models/rollback', {}, 'no-key')).status).toBe(401);
    expect((await call('POST', '/v1/models/rollback', {})).status).toBe(400);
    expect((await call('GET', '/v1/zones')).status).toBe(200);
  });

  it('it is counted, in the recent errors and a failing check of /readyz, until an entry is written', async () => {
    const counted = async (): Promise<number | undefined> =>
      (await serving.metrics.auditFailuresTotal.get()).values[0]?.value;
    const before = (await counted()) ?? Number.NaN;
    failAudit();
    await call('GET', '/v1/keys');
    expect(await counted()).toBe(before + 1);
    expect(serving.errors.list()[0]).toMatchObject({ where: 'audit', code: 'LOG_UNAVAILABLE' });
    const check = () => serving.health.readiness().checks.find(({ name }) => name === 'audit');
    expect(check()).toMatchObject({
      ok: false,
      detail: expect.stringContaining('takes no records') as string,
    });
    vi.restoreAllMocks();
    await call('GET', '/v1/keys');
    expect(check()).toMatchObject({ ok: true });
  });
});

describe('when the audit fails in the midst of a change', () => {
  it('the answer says that it was made, and does not hand out what it made', async () => {
    const before = (await audit()).length;
    failAudit(1);
    const answer = await call('POST', '/v1/keys', { name: 'new', scopes: ['read'] });
    expectUnaudited(answer, DONE);
    const made = serving.keys.list().at(-1);
    expect(answer.body['detail']).toContain(`keys.create of key:${String(made?.id)}`);
    expect(JSON.stringify(answer.body)).not.toContain('pnk_');
    expect((await audit()).slice(before)).toMatchObject([{ action: 'keys.create', outcome: 'begun' }]);
  });

  it.each(['POST', 'DELETE'] as const)('of a webhook by %s too', async (method) => {
    const receiver = await Receiver.start();
    const { id } = await serving.webhooks.add({ url: receiver.url });
    const before = serving.webhooks.store.list().length;
    failAudit(1);
    const answer =
      method === 'POST'
        ? await call('POST', '/v1/webhooks', { url: receiver.url })
        : await call('DELETE', `/v1/webhooks/${id}`);
    expectUnaudited(answer, DONE);
    expect(answer.headers['location']).toBeUndefined();
    expect(JSON.stringify(answer.body)).not.toContain('whsec_');
    expect(serving.webhooks.store.list()).toHaveLength(before + (method === 'POST' ? 1 : -1));
    await receiver.stop();
  });

  it('a reason why it was not made comes first', async () => {
    failAudit(1);
    expect((await call('DELETE', '/v1/webhooks/none')).status).toBe(404);
    vi.restoreAllMocks();
    failAudit(1);
    expect((await call('POST', '/v1/models/none/promote')).status).toBe(404);
  });
});

describe('a change', () => {
  it('is in the audit before it is made and again with what came of it', async () => {
    const before = (await audit()).length;
    await call('POST', '/v1/webhooks', { url: 'http://127.0.0.1:1/' });
    await call('DELETE', '/v1/webhooks/none');
    await call('POST', '/v1/keys', { name: 1 });
    const entries = (await audit()).slice(before).map(({ action, outcome }) => `${action} ${outcome}`);
    expect(entries).toEqual([
      'webhooks.add begun',
      'webhooks.add ok',
      'webhooks.remove begun',
      'webhooks.remove failed',
      'keys.create failed',
    ]);
  });
});
