import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { NowcastFeed } from '../../src/client/index.js';
import { OPEN_DOOR, subprotocolToken, type FeedCaller, type FeedDoor } from '../../src/feed/admission.js';
import { FeedClient } from './feed-client.js';
import { connect, start, stopAfterEach } from './feed-fixture.js';
import type { Serving } from './serving.js';

stopAfterEach();

const GOOD = 'good-token';
const SUBSCRIBE = { type: 'subscribe', id: 's', zones: ['*'] };

/** Knows one token; everything about real ones is tested where they are made. */
class OneToken implements FeedDoor {
  revoked = false;
  broken = false;
  readonly callers: FeedCaller[] = [];

  admit(caller: FeedCaller): ReturnType<FeedDoor['admit']> {
    this.callers.push(caller);
    if (this.broken) return Promise.reject(new Error('key store is gone'));
    const shown = caller.credential ?? /^Bearer (.*)$/.exec(caller.headers.authorization ?? '')?.[1];
    if (shown === GOOD) return Promise.resolve({ admitted: true, stillValid: () => !this.revoked });
    const reason = shown === undefined ? 'a key is needed' : 'this key is not known here';
    return Promise.resolve({ admitted: false, reason, tryLater: false });
  }
}

function startWith(door: FeedDoor): Promise<Serving> {
  const feedLimits = { drainMs: 0, tickMs: 10, heartbeatMs: 30, subscribeDeadlineMs: 5_000 };
  return start({ api: { feedDoor: door, feedLimits } });
}

describe('a feed that asks for a token', () => {
  it('takes it from the header, from a subprotocol, or from a message before the subscribe', async () => {
    const to = await startWith(new OneToken());
    const header = await connect(to, { headers: { authorization: `Bearer ${GOOD}` } });
    const message = await connect(to);
    message.send({ type: 'auth', token: GOOD });
    for (const client of [header, message]) {
      client.send(SUBSCRIBE);
      await client.first('snapshot');
    }
    const socket = new WebSocket(to.feedUrl, ['nowcast.v1', `bearer.${GOOD}`]);
    const first = new Promise<string>((resolve) => {
      socket.on('message', (data: Buffer) => {
        resolve(data.toString());
      });
    });
    socket.on('open', () => {
      socket.send(JSON.stringify(SUBSCRIBE));
    });
    expect(await first).toContain('"subscribed"');
    expect(socket.protocol).toBe('nowcast.v1');
    socket.terminate();
  });

  it('closes with 4401 on a bad token however it comes, on none, and never repeats it', async () => {
    const to = await startWith(new OneToken());
    const outcomes: { code: number; reason: string }[] = [];
    const header = await connect(to, { headers: { authorization: 'Bearer s3cret' } });
    const message = await connect(to);
    message.send({ type: 'auth', token: 's3cret' });
    const none = await connect(to);
    none.send(SUBSCRIBE);
    for (const client of [header, message, none]) outcomes.push(await client.closed);
    expect(outcomes.map(({ code }) => code)).toEqual([4401, 4401, 4401]);
    expect(outcomes.map(({ reason }) => reason)).toEqual([
      'this key is not known here',
      'this key is not known here',
      'subscribe before auth; send {"type":"auth","token":…} first',
    ]);
    expect(JSON.stringify([header.messages, message.messages, none.messages])).toBe('[[],[],[]]');
  });

  it('closes with 4401 when no token comes in time', async () => {
    const feedLimits = { drainMs: 0, tickMs: 10, subscribeDeadlineMs: 50 };
    const to = await start({ api: { feedDoor: new OneToken(), feedLimits } });
    const idle = await connect(to);
    expect(await idle.closed).toMatchObject({ code: 4401, reason: 'no accepted token within 0.05 s' });
  });

  it('ends a connection whose token expires or is revoked', async () => {
    const door = new OneToken();
    const to = await startWith(door);
    const client = await connect(to, { headers: { authorization: `Bearer ${GOOD}` } });
    client.send(SUBSCRIBE);
    await client.first('heartbeat');
    door.revoked = true;
    expect(await client.closed).toMatchObject({ code: 4401, reason: expect.stringContaining('revoked') });
  });

  it('says 1013 when tokens cannot be checked now, and keeps the reason to itself', async () => {
    const door = new OneToken();
    const to = await startWith(door);
    door.broken = true;
    const client = await connect(to, { headers: { authorization: `Bearer ${GOOD}` } });
    const { code, reason } = await client.closed;
    expect(code).toBe(1013);
    expect(reason).not.toContain('key store');
    expect(to.errors.list()[0]?.message).toContain('key store is gone');
  });

  it('serves the TypeScript client, token in the header or in a message', async () => {
    const door = new OneToken();
    const to = await startWith(door);
    for (const tokenIn of ['header', 'message'] as const) {
      const feed = new NowcastFeed({ url: to.feedUrl, WebSocket, token: GOOD, tokenIn });
      for await (const message of feed) if (message.type === 'snapshot') break;
      await feed.close();
    }
    const refused = new NowcastFeed({ url: to.feedUrl, WebSocket, token: 'other', giveUpOn: [4401] });
    await expect(refused[Symbol.asyncIterator]().next()).rejects.toMatchObject({ closeCode: 4401 });
    expect(door.callers.every(({ address }) => address.length > 0)).toBe(true);
  });
});

describe('a feed that asks for none', () => {
  it('serves who sends one all the same', async () => {
    const to = await start({ api: { feedDoor: OPEN_DOOR } });
    const client = await FeedClient.connect(to.feedUrl, { headers: { authorization: 'Bearer x' } });
    client.send({ type: 'auth', token: 'x' });
    client.send(SUBSCRIBE);
    await client.first('snapshot');
    client.close();
  });
});

describe('subprotocolToken', () => {
  it.each([
    [undefined, null],
    ['nowcast.v1', null],
    ['nowcast.v1, bearer.', null],
    ['nowcast.v1, bearer.a.b-c_d', 'a.b-c_d'],
    ['bearer.x,nowcast.v1', 'x'],
  ])('of %s is %s', (offered, token) => {
    expect(subprotocolToken(offered)).toBe(token);
  });
});
