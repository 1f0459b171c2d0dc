import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Serving } from '../feed/serving.js';
import { readTopic } from '../integration/support/topic.js';
import { isSigned, Receiver, status } from '../webhooks/receiver.js';
import { isValid } from './api-fixture.js';

const KEY = 'a-key-of-tests-0123456789';

describe('webhooks over REST', () => {
  let serving: Serving;
  let receiver: Receiver;
  beforeAll(async () => {
    serving = await Serving.start({ zones: ['NORTH'], adminKey: KEY });
    receiver = await Receiver.start();
  });
  afterAll(async () => {
    await serving.stop();
    await receiver.stop();
  });

  async function call(method: string, where: string, body?: object, authorization = `Bearer ${KEY}`) {
    const response = await fetch(`${serving.url.replace('localhost', '127.0.0.1')}${where}`, {
      method,
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      text,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    };
  }

  it('are added, shown without their secret, tried out and removed; each is in the audit', async () => {
    const created = await call('POST', '/v1/webhooks', {
      url: receiver.url,
      events: ['alert.*'],
      zones: ['NORTH'],
    });
    expect(created.status).toBe(201);
    isValid('rest-webhook-created', created.body);
    const { id, secret } = created.body as { id: string; secret: string };

    const list = await call('GET', '/v1/webhooks');
    isValid('rest-webhooks', list.body);
    expect(list.body['webhooks']).toMatchObject([{ id, events: ['alert.*'], zones: ['NORTH'] }]);
    const shown = await call('GET', `/v1/webhooks/${id}`);
    isValid('rest-webhook', shown.body);
    for (const { text } of [list, shown]) expect(text).not.toContain('whsec');

    const test = await call('POST', `/v1/webhooks/${id}/test`);
    isValid('rest-webhook-test', test.body);
    expect(test.body).toMatchObject({ ok: true, status: 204, error: null });
    const [received] = receiver.received;
    expect(received?.type).toBe('webhook.test');
    expect(received !== undefined && isSigned(secret, received)).toBe(true);
    receiver.answer = status(500);
    expect((await call('POST', `/v1/webhooks/${id}/test`)).body).toMatchObject({ ok: false, status: 500 });

    expect((await call('DELETE', `/v1/webhooks/${id}`)).status).toBe(204);
    expect((await call('GET', `/v1/webhooks/${id}`)).status).toBe(404);
    const audit = await readTopic(serving.log, serving.codec, 'audit');
    expect(audit.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['webhooks.add', 'webhooks.test', 'webhooks.remove']),
    );
    expect(JSON.stringify(audit)).not.toContain(secret);
  });

  it('list deliveries in pages and replay them', async () => {
    const webhook = await serving.webhooks.add({ url: receiver.url });
    const base = { webhookId: webhook.id, type: 'alert.raised', body: '{"type":"alert.raised"}' };
    const past = { lastAttemptAtMs: 1, lastStatus: 500, lastError: 'no', nextAttemptAtMs: null, attempts: 9 };
    await serving.webhooks.store.addNew(
      [1, 2, 3].map((n) => ({
        ...base,
        ...past,
        id: `msg_${n}`,
        status: n === 3 ? 'delivered' : 'dead',
        createdAtMs: n,
      })),
    );
    const where = `/v1/webhooks/${webhook.id}`;
    const page = await call('GET', `${where}/deliveries?limit=2`);
    isValid('rest-webhook-deliveries', page.body);
    expect(page.body['deliveries']).toMatchObject([{ id: 'msg_3' }, { id: 'msg_2' }]);
    const rest = await call('GET', String(page.body['next']));
    expect(rest.body['deliveries']).toMatchObject([{ id: 'msg_1', event: { type: 'alert.raised' } }]);
    expect((await call('GET', `${where}/deliveries?status=dead`)).body['deliveries']).toHaveLength(2);

    const one = await call('POST', `${where}/replay`, { deliveryId: 'msg_3' });
    expect(one).toMatchObject({ status: 202, body: { replayed: 1 } });
    expect((await call('POST', `${where}/replay`)).body).toEqual({ replayed: 2 });
    expect((await call('POST', `${where}/replay`, { deliveryId: 'msg_9' })).status).toBe(404);
    expect((await call('GET', `${where}/deliveries?status=pending`)).body['deliveries']).toHaveLength(3);
  });

  it.each<[object, number, RegExp]>([
    [{}, 400, /url/],
    [{ url: 'nowhere' }, 400, /absolute address/],
    [{ url: 'https://a.example/', events: ['alert.lost'] }, 400, /events\/0 must be one of/],
    [{ url: 'https://a.example/', zones: ['Atlantis'] }, 404, /unknown zone/],
    [{ url: 'https://a.example/', secret: 'mine' }, 400, /unknown parameter "secret"/],
  ])('%j is refused', async (order, expected, detail) => {
    const answer = await call('POST', '/v1/webhooks', order);
    isValid('rest-problem', answer.body);
    expect(answer.status).toBe(expected);
    expect(String(answer.body['detail'])).toMatch(detail);
  });

  it('are not for callers without a key', async () => {
    expect((await call('GET', '/v1/webhooks', undefined, '')).status).toBe(401);
  });
});
