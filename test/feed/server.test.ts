import { Ajv } from 'ajv';
import formatsModule from 'ajv-formats';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { MINUTE_MS } from '../../src/contracts/time.js';
import { FeedClient } from './feed-client.js';
import { makeDemand, makeModel, makeNowcast, START_MS } from './records.js';
import { readSchema } from './schema-file.js';
import { Serving, type ServingOptions } from './serving.js';

const ajv = new Ajv({ strict: false });
formatsModule.default(ajv);
const isServerMessage = ajv.compile(readSchema<object>('feed-server-message'));

let serving: Serving | null = null;
const clients: FeedClient[] = [];

async function start(options: ServingOptions = {}): Promise<Serving> {
  serving = await Serving.start({
    ...options,
    api: { feedLimits: { drainMs: 0, tickMs: 20 }, ...options.api },
  });
  return serving;
}

async function connect(to: Serving, options = {}): Promise<FeedClient> {
  const client = await FeedClient.connect(to.feedUrl, options);
  clients.push(client);
  return client;
}

async function subscribed(to: Serving, message: object = {}): Promise<FeedClient> {
  const client = await connect(to);
  client.send({ type: 'subscribe', id: 's', zones: ['*'], ...message });
  await client.first('subscribed');
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  await serving?.stop();
  serving = null;
});

const seqs = (client: FeedClient): number[] => client.all('nowcast').map((message) => message.seq);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

function path(count: number, zones: readonly string[] = ['A', 'B'], firstOriginMs = START_MS) {
  return Array.from({ length: count }, (_, i) =>
    makeNowcast({ zone: zones[i % zones.length] ?? 'A', originMs: firstOriginMs + i * 5 * MINUTE_MS }),
  );
}

describe('the feed', () => {
  it('sends a snapshot of the latest, then what happens, every message valid', async () => {
    const to = await start();
    await to.append('nowcasts', path(4));
    await vi.waitFor(() => expect(to.view.state.seq).toBe(3));
    const client = await subscribed(to);
    const snapshot = await client.first('snapshot');
    expect(client.messages.map((message) => message.type)).toEqual(['subscribed', 'snapshot']);
    expect(snapshot).toMatchObject({ id: 's', seq: 3 });
    expect(snapshot.nowcasts.map((one) => one.zone).sort()).toEqual(['A', 'B']);
    await to.append('nowcasts', path(2, ['A', 'B'], START_MS + 60 * MINUTE_MS));
    await to.append('demand.observed', [makeDemand('A', START_MS)]);
    await to.append('models', [makeModel('m2', 'B')]);
    await client.first('demand');
    expect((await client.first('model')).modelVersion).toBe('m2');
    await client.until(() => seqs(client).length === 2);
    expect(seqs(client)).toEqual([4, 5]);
    for (const message of client.messages) {
      expect(isServerMessage(message), JSON.stringify(isServerMessage.errors)).toBe(true);
    }
  });

  it('sends only the zones and horizons asked for', async () => {
    const to = await start();
    const client = await subscribed(to, { zones: ['B'], horizonsMinutes: [60] });
    await to.append('nowcasts', path(4));
    await client.until(() => seqs(client).length === 2);
    for (const { nowcast } of client.all('nowcast')) {
      expect(nowcast.zone).toBe('B');
      expect(nowcast.steps.map((step) => step.horizonMinutes)).toEqual([60]);
    }
    expect(seqs(client)).toEqual([1, 3]);
  });

  it('sends a nowcast once to a client with overlapping subscriptions', async () => {
    const to = await start();
    const client = await subscribed(to);
    client.send({ type: 'subscribe', id: 't', zones: ['A'] });
    await client.until(() => client.all('subscribed').length === 2);
    await to.append('nowcasts', path(4));
    await client.until(() => seqs(client).includes(3));
    client.send({ type: 'unsubscribe', id: 's' });
    await client.settle('unsubscribed');
    await to.append('nowcasts', path(2, ['B', 'A']));
    await client.until(() => seqs(client).includes(5));
    expect(seqs(client)).toEqual([0, 1, 2, 3, 5]);
  });

  it('has no gap and no repeat when nowcasts arrive while clients subscribe', async () => {
    const to = await start();
    const total = 600;
    const all = path(total);
    const writer = (async () => {
      for (let i = 0; i < total; i += 7) await to.append('nowcasts', all.slice(i, i + 7));
    })();
    const joined: FeedClient[] = [];
    for (let i = 0; i < 12; i += 1) joined.push(await subscribed(to));
    await writer;
    for (const client of joined) {
      const snapshot = await client.first('snapshot');
      await client.until(() => snapshot.seq === total - 1 || seqs(client).includes(total - 1));
      expect(seqs(client)).toEqual(range(snapshot.seq + 1, total - 1));
    }
  });

  it('names an unknown zone and serves the known ones', async () => {
    const to = await start();
    const client = await subscribed(to, { zones: ['A', 'Atlantis'] });
    const error = await client.first('error');
    expect(error).toMatchObject({ id: 's', code: 'ZONE_UNKNOWN' });
    expect(error.message).toContain('"Atlantis"');
    await to.append('nowcasts', path(2));
    await client.until(() => seqs(client).length > 0);
    expect(client.all('nowcast')[0]?.nowcast.zone).toBe('A');
  });

  it('serves zones that only the data knows', async () => {
    const to = await start({ zones: [] });
    const client = await subscribed(to);
    await to.append('nowcasts', path(1, ['New zone']));
    await client.until(() => seqs(client).length === 1);
    const direct = await subscribed(to, { zones: ['New zone'] });
    expect((await direct.first('snapshot')).nowcasts).toHaveLength(1);
  });

  it('skips what cannot be decoded and counts it', async () => {
    const to = await start();
    const client = await subscribed(to);
    await to.append('nowcasts', path(1));
    await to.log.append('nowcasts', [{ key: 'A', value: Buffer.from('junk'), timestampMs: 0 }]);
    await to.append('nowcasts', path(1));
    await client.until(() => seqs(client).length === 2);
    expect(seqs(client)).toEqual([0, 2]);
    expect(to.view.undecodable).toBe(1);
    expect(to.errors.list()[0]?.message).toContain('nowcasts offset 1');
  });

  it('beats with the ages of the data', async () => {
    let nowMs = START_MS;
    const to = await start({ nowMs: () => nowMs });
    await to.append('nowcasts', path(1));
    await vi.waitFor(() => expect(to.view.state.seq).toBe(0));
    const client = await subscribed(to);
    nowMs += 10_000;
    const beat = await client.first('heartbeat');
    // The demand of makeNowcast ends five minutes after its origin.
    expect(beat).toMatchObject({
      seq: 0,
      zones: { A: { demandAgeMs: 10_000 - 5 * MINUTE_MS, modelVersion: 'm1' } },
    });
    expect(isServerMessage(beat)).toBe(true);
  });
});

describe('resuming', () => {
  it('brings exactly what was missed from memory', async () => {
    const to = await start();
    const first = await subscribed(to);
    const { epoch } = await first.first('subscribed');
    await to.append('nowcasts', path(10));
    await first.until(() => seqs(first).length === 10);
    first.close();
    await to.append('nowcasts', path(5));
    await vi.waitFor(() => expect(to.view.state.seq).toBe(14));
    const again = await subscribed(to, { resume: { epoch, seq: 9 } });
    expect((await again.first('subscribed')).recovered).toBe(true);
    await to.append('nowcasts', path(1));
    await again.until(() => seqs(again).includes(15));
    expect(seqs(again)).toEqual(range(10, 15));
    expect(again.all('snapshot')).toEqual([]);
  });

  it('brings it from the log when memory does not reach back, while new ones arrive', async () => {
    const to = await start({ view: { ringMaxBytes: 20_000 } });
    await to.append('nowcasts', path(500));
    await vi.waitFor(() => expect(to.view.state.seq).toBe(499));
    expect(to.view.state.ring.from).toBeGreaterThan(400);
    const writing = (async () => {
      for (let i = 0; i < 20; i += 1) await to.append('nowcasts', path(1));
    })();
    const client = await subscribed(to, { resume: { epoch: to.view.epoch, seq: 100 } });
    expect((await client.first('subscribed')).recovered).toBe(true);
    await writing;
    await client.until(() => seqs(client).includes(519));
    expect(seqs(client)).toEqual(range(101, 519));
  });

  it('resumes one zone from the log with nothing of the others', async () => {
    const to = await start({ view: { ringMaxBytes: 20_000 } });
    await to.append('nowcasts', path(300));
    await vi.waitFor(() => expect(to.view.state.seq).toBe(299));
    const client = await subscribed(to, { zones: ['B'], resume: { epoch: to.view.epoch, seq: -1 } });
    await client.until(() => seqs(client).includes(299));
    expect(seqs(client)).toEqual(range(0, 299).filter((seq) => seq % 2 === 1));
  });

  it.each([
    ['another epoch', { epoch: 'another', seq: 2 }],
    ['a position that is not reached', { seq: 1000 }],
  ])('gives a fresh snapshot for %s', async (_name, resume) => {
    const to = await start();
    await to.append('nowcasts', path(4));
    await vi.waitFor(() => expect(to.view.state.seq).toBe(3));
    const client = await subscribed(to, { resume: { epoch: to.view.epoch, ...resume } });
    expect((await client.first('subscribed')).recovered).toBe(false);
    expect((await client.first('snapshot')).nowcasts).toHaveLength(2);
  });

  it('gives a fresh snapshot when too much was missed', async () => {
    const to = await start({
      view: { ringMaxBytes: 1 },
      api: { feedLimits: { drainMs: 0, resume: { maxRecords: 50, maxBytes: 1e6 } } },
    });
    await to.append('nowcasts', path(100));
    await vi.waitFor(() => expect(to.view.state.seq).toBe(99));
    const client = await subscribed(to, { resume: { epoch: to.view.epoch, seq: 3 } });
    expect((await client.first('subscribed')).recovered).toBe(false);
    const other = await subscribed(to, { resume: { epoch: to.view.epoch, seq: 89 } });
    expect((await other.first('subscribed')).recovered).toBe(true);
    await other.until(() => seqs(other).length === 10);
  });

  it('starts from the tail of an old log and still resumes from before it', async () => {
    const to = await start({
      view: { tailRecords: { nowcasts: 10 } },
      before: async ({ log, codec }) => {
        const records = path(100).map((one) => ({
          key: one.zone,
          value: codec.encode('nowcasts', one),
          timestampMs: 0,
        }));
        await log.append('nowcasts', records);
      },
    });
    expect(to.view.state.seq).toBe(99);
    expect(to.view.records.get('nowcasts')).toBe(10);
    const client = await subscribed(to, { resume: { epoch: to.view.epoch, seq: 4 } });
    await client.until(() => seqs(client).length === 95);
    expect(seqs(client)).toEqual(range(5, 99));
  });
});

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
    const good = await subscribed(to);
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
      await good.until(() => seqs(good).length === i + 50);
    }
    await vi.waitFor(async () => expect(await conflated()).toBeGreaterThan(0));
    await vi.waitFor(() => expect(to.server.feed.connectedAndOpen).toBe(1), { timeout: 20_000 });
    slow.socket.resume();
    expect((await slow.closed).code).toBe(4408);
    expect(seqs(good)).toEqual(range(0, total - 1));
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
    await vi.waitFor(() => expect(to.view.state.seq).toBe(total - 1));
    slow.socket.resume();
    await slow.until(() => seqs(slow).includes(total - 1));
    const got = slow.all('nowcast');
    expect(got.length).toBeLessThan(total);
    const dropped = got.reduce((sum, message) => sum + (message.conflated ?? 0), 0);
    expect(got.length + dropped).toBe(total);
    expect(seqs(slow).slice(-2)).toEqual([total - 2, total - 1]);
    expect(isServerMessage(got.at(-1))).toBe(true);
  });

  it('survives thousands of malformed frames, each answered, none leaking', async () => {
    const to = await start();
    const good = await subscribed(to);
    const junk = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }),
      fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
      fc.record({ type: fc.constant('subscribe'), id: fc.anything() }).map((value) => {
        try {
          return JSON.stringify(value);
        } catch {
          return '{';
        }
      }),
    );
    const frames = fc.sample(junk, 3000);
    for (let i = 0; i < frames.length; i += 100) {
      const outcomes = frames.slice(i, i + 100).map(async (frame) => {
        const client = await FeedClient.connect(to.feedUrl);
        client.socket.send(frame);
        const { code } = await client.closed;
        const [error] = client.messages;
        return { code, error };
      });
      for (const { code, error } of await Promise.all(outcomes)) {
        expect(code).toBe(4400);
        expect(error).toMatchObject({ type: 'error', code: 'BAD_MESSAGE' });
        expect(JSON.stringify(error)).not.toMatch(/node_modules|\.ts:|\.js:/);
      }
    }
    await to.append('nowcasts', path(1));
    await good.until(() => seqs(good).length === 1);
    expect(to.server.feed.clientCount).toBe(1);
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
