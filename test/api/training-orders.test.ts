import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTopic } from '../integration/support/topic.js';
import { Serving } from '../feed/serving.js';
import { isValid } from './api-fixture.js';

const KEY = 'a-key-of-tests-0123456789';

describe('trainings on demand over REST', () => {
  let serving: Serving;
  beforeAll(async () => {
    serving = await Serving.start({ zones: ['NORTH', 'SOUTH'], adminKey: KEY });
  });
  afterAll(() => serving.stop());

  async function post(body: unknown, key: string | null = KEY) {
    const response = await fetch(`${serving.url.replace('localhost', '127.0.0.1')}/v1/training-runs`, {
      method: 'POST',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
  const requests = () => readTopic(serving.log, serving.codec, 'training.requests');

  it('publishes a request and says its id', async () => {
    const answer = await post({ zones: ['NORTH', 'NORTH'], kind: 'weekly' });
    expect(answer.status).toBe(202);
    isValid('rest-training-accepted', answer.body);
    expect(answer.body).toMatchObject({ zones: ['NORTH'], kind: 'weekly' });
    expect((await requests()).at(-1)).toMatchObject({
      id: answer.body['requestId'],
      zones: ['NORTH'],
      kind: 'weekly',
      requestedBy: 'admin-key',
    });
    const [entry] = (await readTopic(serving.log, serving.codec, 'audit')).slice(-1);
    expect(entry).toMatchObject({
      action: 'training.request',
      target: 'NORTH',
      outcome: 'ok',
      details: { request: answer.body['requestId'], kind: 'weekly' },
    });
  });

  it('means all zones, on demand, without a body', async () => {
    for (const body of [undefined, {}]) {
      expect(await post(body)).toMatchObject({ status: 202, body: { zones: [], kind: 'demand' } });
    }
    expect((await requests()).at(-1)).toMatchObject({ zones: [], kind: 'demand' });
  });

  it.each<[string, unknown, string | null, number, RegExp]>([
    ['without a key', {}, null, 401, /needs a key or token with the scope operate/],
    ['with a wrong key', {}, `${KEY}x`, 401, /neither a key nor a token/],
    ['for an unknown zone', { zones: ['NOWHERE'] }, KEY, 404, /NOWHERE/],
    ['of an unknown kind', { kind: 'drift' }, KEY, 400, /kind/],
    ['with an unknown field', { zone: 'NORTH' }, KEY, 400, /zone/],
    ['for zones that are no list', { zones: { a: 1 } }, KEY, 400, /zones/],
  ])('is refused %s, and nothing is published', async (_what, body, key, status, says) => {
    const before = (await requests()).length;
    const answer = await post(body, key);
    expect(answer.status).toBe(status);
    expect(String(answer.body['detail'])).toMatch(says);
    expect(await requests()).toHaveLength(before);
  });

  it('is refused by a service without a key', async () => {
    const closed = await Serving.start({ zones: ['NORTH'] });
    try {
      const response = await fetch(`${closed.url.replace('localhost', '127.0.0.1')}/v1/training-runs`, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}` },
      });
      expect(response.status).toBe(401);
      expect(await readTopic(closed.log, closed.codec, 'training.requests')).toEqual([]);
    } finally {
      await closed.stop();
    }
  });
});
