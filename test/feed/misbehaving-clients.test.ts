import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { MINUTE_MS } from '../../src/contracts/time.js';
import {
  connect,
  isServerMessage,
  path,
  range,
  seqs,
  start,
  stopAfterEach,
  subscribed,
} from './feed-fixture.js';
import { START_MS } from './records.js';

stopAfterEach();

describe('clients that misbehave', () => {
  it('conflates for a slow reader, closes it with 4408, and serves the others on', async () => {
    const to = await start({
      zones: ['A', 'B'],
      api: {
        feedLimits: {
          drainMs: 0,
          tickMs: 20,
          softBytes: 64 * 1024,
          hardBytes: 4 * 1024 * 1024,
          stallMs: 300,
        },
      },
    });
    const others = await Promise.all([subscribed(to), subscribed(to), subscribed(to)]);
    const slow = await subscribed(to);
    slow.socket.pause();
    const padding = ['x'.repeat(20_000)];
    const total = 1500;
    const conflated = async (): Promise<number> =>
      (await to.metrics.feedConflatedTotal.get()).values[0]?.value ?? 0;
    for (let i = 0; i < total; i += 50) {
      const batch = path(50, ['A', 'B'], START_MS + i * 5 * MINUTE_MS);
      await to.append(
        'nowcasts',
        batch.map((one) => ({ ...one, reasons: padding })),
      );
      await Promise.all(others.map((one) => one.until(() => seqs(one).length === i + 50)));
    }
    await vi.waitFor(async () => expect(await conflated()).toBeGreaterThan(0), { timeout: 20_000 });
    await vi.waitFor(() => expect(to.server.feed.connectedAndOpen).toBe(3), { timeout: 20_000 });
    slow.socket.resume();
    expect((await slow.closed).code).toBe(4408);
    for (const one of others) {
      expect(seqs(one)).toEqual(range(0, total - 1));
      expect(one.all('nowcast').every(({ conflated }) => conflated === undefined)).toBe(true);
    }
    const got = seqs(slow);
    expect(got.length).toBeLessThan(total);
    expect(got).toEqual([...got].sort((a, b) => a - b));
    // It may resume and then has everything.
    const epoch = to.view.epoch;
    const seq = got.at(-1) ?? -1;
    const again = await subscribed(to, { resume: { epoch, seq } });
    expect((await again.first('subscribed')).recovered).toBe(true);
    await again.until(() => seqs(again).includes(total - 1));
    expect(seqs(again)).toEqual(range(seq + 1, total - 1));
  });

  it('gives a reader that was slow for a while the newest of each zone', async () => {
    const to = await start({
      api: { feedLimits: { drainMs: 0, tickMs: 20, softBytes: 64 * 1024, hardBytes: 1e9, stallMs: 60_000 } },
    });
    const slow = await subscribed(to);
    slow.socket.pause();
    const total = 1000;
    const batch = path(total).map((one) => ({ ...one, reasons: ['x'.repeat(20_000)] }));
    await to.append('nowcasts', batch);
    await vi.waitFor(() => expect(to.view.state.seq).toBe(total - 1), { timeout: 20_000 });
    slow.socket.resume();
    await slow.until(() => seqs(slow).includes(total - 1));
    const got = slow.all('nowcast');
    expect(got.length).toBeLessThan(total);
    const dropped = got.reduce((sum, message) => sum + (message.conflated ?? 0), 0);
    expect(got.length + dropped).toBe(total);
    expect(seqs(slow).slice(-2)).toEqual([total - 2, total - 1]);
    expect(isServerMessage(got.at(-1))).toBe(true);
  });

  it('refuses too large a message with 4400 and a flood with 4429', async () => {
    const to = await start();
    const large = await connect(to);
    large.send(JSON.stringify({ type: 'ping', id: 'x'.repeat(1024 * 1024) }));
    expect((await large.first('error')).message).toContain('at most 1048576 bytes');
    expect((await large.closed).code).toBe(4400);
    const flood = await connect(to);
    for (let i = 0; i < 200; i += 1) flood.send({ type: 'ping' });
    expect((await flood.closed).code).toBe(4429);
  });

  it('closes who does not subscribe in time with 4408', async () => {
    const to = await start({ api: { feedLimits: { subscribeDeadlineMs: 50, tickMs: 10, drainMs: 0 } } });
    const idle = await connect(to);
    expect(await idle.closed).toMatchObject({ code: 4408, reason: 'no subscribe within 0.05 s' });
  });

  it('refuses pages of other origins with 4403, and lets the same origin and the listed ones in', async () => {
    const to = await start({ api: { allowedOrigins: ['https://dash.example'], feedLimits: { drainMs: 0 } } });
    const own = to.feedUrl.replace('ws:', 'http:').replace('/v1/feed', '');
    for (const origin of [own, 'https://dash.example']) {
      const client = await connect(to, { origin });
      client.send({ type: 'subscribe', id: 's', zones: ['*'] });
      await client.first('snapshot');
    }
    for (const origin of [
      'https://evil.example',
      'https://dash.example.evil',
      'null',
      'http://127.0.0.1:1',
    ]) {
      const client = await connect(to, { origin });
      expect((await client.closed).code, origin).toBe(4403);
    }
  });

  it('has no upgrade but the feed', async () => {
    const to = await start();
    const socket = new WebSocket(to.feedUrl.replace('/v1/feed', '/v1/other'));
    const status = await new Promise((resolve) => {
      socket.on('unexpected-response', (_request, response) => {
        resolve(response.statusCode);
        response.resume();
      });
    });
    socket.on('error', () => undefined);
    socket.terminate();
    expect(status).toBe(404);
  });

  it('turns away clients above the limit with 1013', async () => {
    const to = await start({ api: { feedLimits: { maxClients: 1, drainMs: 0 } } });
    await subscribed(to);
    const second = await connect(to);
    expect((await second.closed).code).toBe(1013);
  });

  it('sends everybody away with 1012 at a shutdown', async () => {
    const to = await start();
    const all = [await subscribed(to), await subscribed(to), await connect(to)];
    await to.server.close();
    for (const client of all) expect((await client.closed).code).toBe(1012);
    expect(to.server.feed.clientCount).toBe(0);
  });
});
