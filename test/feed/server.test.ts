import { describe, expect, it, vi } from 'vitest';
import { MINUTE_MS } from '../../src/contracts/time.js';
import { type FeedClient } from './feed-client.js';
import { isServerMessage, path, range, seqs, start, stopAfterEach, subscribed } from './feed-fixture.js';
import { makeDemand, makeModel, makeNowcast, START_MS } from './records.js';

stopAfterEach();

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

  it('passes further quantiles on', async () => {
    const to = await start();
    const client = await subscribed(to, { horizonsMinutes: [5, 60] });
    const nowcast = makeNowcast({ quantiles: [0.05, 0.95], horizons: [5, 60] });
    await to.append('nowcasts', [nowcast]);
    const message = await client.first('nowcast');
    expect(message.nowcast).toEqual(nowcast);
    expect(isServerMessage(message), JSON.stringify(isServerMessage.errors)).toBe(true);
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

  it('keeps its clients while the time of what it serves runs fast', async () => {
    let feedMs = START_MS;
    const step = (): number => (feedMs += 60 * MINUTE_MS);
    let clientMs = 0;
    const to = await start({ nowMs: step, clientNowMs: () => clientMs });
    const client = await subscribed(to);
    await client.first('snapshot');
    clientMs += 10_000;
    const first = await client.first('heartbeat');
    clientMs += 10_000;
    await client.until(() => client.all('heartbeat').length === 2);
    const [, second] = client.all('heartbeat');
    // Hours of the feed, seconds of the client: it is not taken for silent.
    expect(Date.parse(second?.serverTime ?? '') - Date.parse(first.serverTime)).toBeGreaterThanOrEqual(
      60 * MINUTE_MS,
    );
    expect(client.socket.readyState).toBe(client.socket.OPEN);
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
