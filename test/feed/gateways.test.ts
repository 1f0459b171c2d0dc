import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { NowcastFeed, type FeedGap } from '../../src/client/index.js';
import { FeedClient } from './feed-client.js';
import { path, range, seqs, start, stopAfterEach } from './feed-fixture.js';
import { Gateway, laggingLog } from './gateway.js';

stopAfterEach();
const gateways: Gateway[] = [];
const clients: FeedClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  await Promise.all(gateways.splice(0).map((gateway) => gateway.stop()));
});

async function gatewayOn(...args: Parameters<typeof Gateway.start>): Promise<Gateway> {
  const gateway = await Gateway.start(...args);
  // Stopped before the log that it reads.
  gateways.push(gateway);
  return gateway;
}

async function subscribedTo(url: string, message: object = {}): Promise<FeedClient> {
  const client = await FeedClient.connect(url);
  clients.push(client);
  client.send({ type: 'subscribe', id: 's', zones: ['*'], ...message });
  return client;
}

describe('several gateways on one log', () => {
  it('give the same seq to everybody, and one goes on where another ended', async () => {
    const to = await start();
    const [first, second] = [await gatewayOn(to.log, to.codec), await gatewayOn(to.log, to.codec)];
    let at = first.url;
    const feed = new NowcastFeed({
      url: 'ws://balancer.test',
      firstRetryMs: 5,
      createSocket: ({ protocols }) => new WebSocket(at, [...protocols]) as never,
    });
    const got: number[] = [];
    const gaps: FeedGap[] = [];
    feed.on('nowcast', ({ seq }) => got.push(seq));
    feed.on('gap', (gap) => gaps.push(gap));
    feed.start();
    await vi.waitFor(() => expect(feed.state.seq).toBe(-1));
    await to.append('nowcasts', path(10));
    await vi.waitFor(() => expect(got).toHaveLength(10));
    at = second.url;
    gateways.splice(gateways.indexOf(first), 1);
    await Promise.all([first.stop(50), to.append('nowcasts', path(10))]);
    await to.append('nowcasts', path(10));
    await vi.waitFor(() => expect(got.at(-1)).toBe(29));
    expect(got).toEqual(range(0, 29));
    expect(gaps).toEqual([]);
    expect(feed.state.recovered).toBe(true);
    await feed.close();
  });

  it('let a client wait that was on one further ahead, and then miss nothing', async () => {
    const to = await start();
    const behind = laggingLog(to.log);
    const ahead = await gatewayOn(to.log, to.codec);
    const late = await gatewayOn(behind.log, to.codec);
    behind.hold();
    await to.append('nowcasts', path(20));
    await vi.waitFor(() => expect(ahead.view.state.seq).toBe(19));
    expect(late.view.state.seq).toBe(-1);
    const client = await subscribedTo(late.url, { resume: { epoch: ahead.view.epoch, seq: 14 } });
    await client.settle('asked');
    expect(client.all('subscribed')).toEqual([]);
    // Not further than the client already is.
    expect(client.all('pong')[0]?.seq).toBe(-1);
    behind.release();
    expect(await client.first('subscribed')).toMatchObject({ seq: 14, recovered: true });
    await client.until(() => seqs(client).length === 5);
    expect(seqs(client)).toEqual(range(15, 19));
    expect(client.all('snapshot')).toEqual([]);
  });

  it('give a snapshot when the gateway does not get there in time, or there is no such position', async () => {
    const to = await start();
    const behind = laggingLog(to.log);
    const limits = { resume: { maxRecords: 100, maxBytes: 1e6, catchUpMs: 20 } };
    const late = await gatewayOn(behind.log, to.codec, limits);
    behind.hold();
    await to.append('nowcasts', path(20));
    for (const seq of [14, 20]) {
      const client = await subscribedTo(late.url, { resume: { epoch: late.view.epoch, seq } });
      expect(await client.first('subscribed')).toMatchObject({ seq: -1, recovered: false });
    }
    behind.release();
  });

  it('send clients away one by one, serve each until then, and take no new one', async () => {
    const to = await start();
    let turn = 0;
    const shares = [0, 0.999];
    const gateway = await gatewayOn(to.log, to.codec, {}, () => shares[turn++ % 2] ?? 0);
    const [soon, later] = [await subscribedTo(gateway.url), await subscribedTo(gateway.url)];
    await Promise.all([soon.first('snapshot'), later.first('snapshot')]);
    gateways.splice(gateways.indexOf(gateway), 1);
    const stopped = gateway.stop(1_000);
    expect(await soon.closed).toMatchObject({ code: 1012 });
    await to.append('nowcasts', path(3));
    await later.until(() => seqs(later).length === 3);
    const newcomer = await FeedClient.connect(gateway.url);
    expect(await newcomer.closed).toMatchObject({ code: 1012 });
    expect(await later.closed).toMatchObject({ code: 1012 });
    await stopped;
    expect(seqs(soon)).toEqual([]);
  });
});
