import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FeedError, NowcastFeed, type FeedGap } from '../../src/client/index.js';
import type { FeedServerMessage } from '../../src/contracts/generated/feed-server-message.js';
import { nowcastFrame, Rig } from './fake-socket.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const error: FeedServerMessage = { type: 'error', code: 'ZONE_UNKNOWN', message: 'unknown zone "X"' };

describe('NowcastFeed', () => {
  it('subscribes to what was selected and hands on what comes', () => {
    const rig = new Rig({ zones: ['A'], horizonsMinutes: [5, 60] });
    const seen: string[] = [];
    rig.feed.on('nowcast', ({ seq, nowcast, snapshot }) => seen.push(`${nowcast.zone} ${seq} ${snapshot}`));
    rig.feed.start();
    expect(rig.socket.request).toEqual({
      url: 'ws://feed.test/v1/feed',
      protocols: ['nowcast.v1'],
      headers: {},
    });
    rig.socket.accept(3);
    expect(rig.socket.sent).toEqual([
      { type: 'subscribe', id: 'feed', zones: ['A'], horizonsMinutes: [5, 60] },
    ]);
    const frame = nowcastFrame(5);
    rig.socket.say(frame, error);
    expect(seen).toEqual(['A 5 false']);
    expect(rig.feed.latest.get('A')).toEqual(frame.type === 'nowcast' ? frame.nowcast : null);
    expect(rig.feed.state).toMatchObject({ phase: 'live', seq: 5, problem: 'unknown zone "X"' });
  });

  it('refuses an empty selection', () => {
    expect(() => new Rig({ zones: [] })).toThrow(/zones is empty/);
    expect(() => new Rig().feed.select({ zones: ['A'], horizonsMinutes: [] })).toThrow(/horizonsMinutes/);
  });

  it('says what to do where there is no WebSocket', () => {
    vi.stubGlobal('WebSocket', undefined);
    expect(() => new NowcastFeed({ url: 'ws://x' })).toThrow(/import \{ WebSocket \} from 'ws'/);
    vi.unstubAllGlobals();
  });

  it('reconnects after a growing delay and resumes where it was', async () => {
    const rig = new Rig();
    rig.feed.start();
    rig.socket.accept(3);
    rig.socket.say(nowcastFrame(4));
    rig.socket.fire('close', { code: 1006 });
    expect(rig.feed.state.phase).toBe('reconnecting');
    await vi.advanceTimersByTimeAsync(249);
    expect(rig.sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(5);
    expect(rig.sockets).toHaveLength(2);
    rig.socket.fire('close', { code: 1006 });
    await vi.advanceTimersByTimeAsync(490);
    expect(rig.sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(20);
    rig.socket.fire('open');
    expect(rig.socket.sent).toEqual([
      { type: 'subscribe', id: 'feed', zones: ['*'], resume: { epoch: 'e1', seq: 4 } },
    ]);
    rig.socket.say({ type: 'subscribed', id: 'feed', epoch: 'e1', seq: 4, recovered: true }, nowcastFrame(5));
    expect(rig.feed.state).toMatchObject({ phase: 'live', seq: 5, recovered: true, attempt: 0 });
  });

  it('lets a silent connection go, and one that never opens', async () => {
    const rig = new Rig();
    rig.feed.start();
    await vi.advanceTimersByTimeAsync(10_005);
    expect(rig.socket.terminated).toBe(true);
    await vi.advanceTimersByTimeAsync(300);
    expect(rig.sockets).toHaveLength(2);
    rig.socket.accept(0);
    await vi.advanceTimersByTimeAsync(20_000);
    rig.socket.say({ type: 'heartbeat', seq: 0, serverTime: '2024-07-01T00:00:00.000Z', zones: {} });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(rig.socket.terminated).toBe(false);
    await vi.advanceTimersByTimeAsync(5_010);
    expect(rig.socket.terminated).toBe(true);
    expect(rig.feed.state.phase).toBe('reconnecting');
  });

  it('tries at once when it is told that the network is back', () => {
    const rig = new Rig();
    rig.feed.start();
    rig.socket.fire('close', { code: 1012 });
    for (let i = 0; i < 2; i += 1) rig.feed.retryNow();
    expect(rig.sockets).toHaveLength(2);
  });

  it('tells of gaps, and drops what comes again', () => {
    const rig = new Rig();
    const gaps: FeedGap[] = [];
    const seqs: number[] = [];
    rig.feed.on('gap', (gap) => gaps.push(gap));
    rig.feed.on('nowcast', ({ seq }) => seqs.push(seq));
    rig.feed.start();
    rig.socket.accept(3);
    rig.socket.say(nowcastFrame(4), nowcastFrame(9, 'A', 4), nowcastFrame(9));
    rig.socket.fire('close', { code: 1006 });
    rig.feed.retryNow();
    rig.socket.accept(2, 'e2');
    expect(gaps).toEqual([
      { reason: 'conflated', zone: 'A', missed: 4, seq: 9 },
      { reason: 'restarted', sameEpoch: false, afterSeq: 9 },
    ]);
    expect(seqs).toEqual([4, 9]);
    expect(rig.feed.latest.size).toBe(0);
  });

  it('resumes from what is complete, and lets nothing through twice', () => {
    const rig = new Rig();
    const seqs: string[] = [];
    rig.feed.on('nowcast', ({ seq, nowcast }) => seqs.push(`${nowcast.zone}${seq}`));
    rig.feed.start();
    rig.socket.accept(3);
    // B kept up with 9, while of A what came after 4 still waited when the connection broke.
    rig.socket.say(nowcastFrame(4, 'A'), { ...nowcastFrame(9, 'B', 1), complete: 4 } as FeedServerMessage);
    rig.socket.fire('close', { code: 1006 });
    rig.feed.retryNow();
    rig.socket.fire('open');
    expect(rig.socket.sent[0]).toMatchObject({ resume: { epoch: 'e1', seq: 4 } });
    rig.socket.say({ type: 'subscribed', id: 'feed', epoch: 'e1', seq: 4, recovered: true });
    rig.socket.say(nowcastFrame(5, 'A'), nowcastFrame(8, 'B'), nowcastFrame(9, 'B'), nowcastFrame(10, 'B'));
    expect(seqs).toEqual(['A4', 'B9', 'A5', 'B10']);
    expect(rig.feed.state.seq).toBe(10);
  });

  it('reports a malformed frame and goes on; a type it does not know is no error', () => {
    const rig = new Rig();
    const errors: FeedError[] = [];
    rig.feed.on('error', (one) => errors.push(one));
    rig.feed.start();
    rig.socket.accept(0);
    for (const data of ['{', '[]', 'null', new ArrayBuffer(2), '{"type":"nowcast"}', '{"type":"later"}']) {
      rig.socket.fire('message', { data });
    }
    expect(errors.map((one) => one.code)).toEqual(Array(5).fill('MALFORMED_FRAME'));
    rig.socket.say(nowcastFrame(1));
    expect(rig.feed.state.seq).toBe(1);
  });

  it('goes on when a handler throws', () => {
    const rig = new Rig();
    const errors: FeedError[] = [];
    const seqs: number[] = [];
    rig.feed.on('nowcast', () => {
      throw new Error('mine');
    });
    rig.feed.on('nowcast', ({ seq }) => seqs.push(seq));
    rig.feed.on('error', (one) => errors.push(one));
    rig.feed.start();
    rig.socket.accept(0);
    rig.socket.say(nowcastFrame(1), nowcastFrame(2));
    expect(seqs).toEqual([1, 2]);
    expect(errors[0]).toMatchObject({ code: 'HANDLER_FAILED', cause: new Error('mine') });
  });

  it('closes cleanly, without waiting for ever, and stays closed', async () => {
    const rig = new Rig();
    rig.feed.start();
    rig.socket.accept(0);
    const closed = rig.feed.close();
    expect(rig.socket.closedWith).toBe(1000);
    rig.socket.say(nowcastFrame(1));
    expect(rig.feed.latest.size).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000);
    await closed;
    expect(rig.socket.terminated).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    rig.feed.start();
    expect(rig.sockets).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('tokens', () => {
  it('travel in the header where sockets take one, fresh for each attempt', async () => {
    let count = 0;
    const rig = new Rig({ token: () => Promise.resolve(`t${(count += 1)}`) });
    rig.feed.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(rig.socket.request.headers).toEqual({ authorization: 'Bearer t1' });
    rig.socket.fire('close', { code: 4401 });
    expect(rig.feed.state.problem).toBe('not authorised');
    await vi.advanceTimersByTimeAsync(7_400);
    expect(rig.sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(rig.socket.request.headers).toEqual({ authorization: 'Bearer t2' });
  });

  it('travel in an auth message before the subscribe elsewhere', () => {
    const rig = new Rig({ token: 'secret', tokenIn: 'message' });
    rig.feed.start();
    rig.socket.fire('open');
    expect(rig.socket.request.headers).toEqual({});
    expect(rig.socket.sent).toEqual([
      { type: 'auth', token: 'secret' },
      { type: 'subscribe', id: 'feed', zones: ['*'] },
    ]);
  });

  it('that cannot be had are tried for again', async () => {
    const rig = new Rig({ token: () => Promise.reject(new Error('issuer down')) });
    const errors: FeedError[] = [];
    rig.feed.on('error', (one) => errors.push(one));
    rig.feed.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(rig.feed.state).toMatchObject({ phase: 'reconnecting', problem: 'the token could not be had' });
    expect(errors[0]).toMatchObject({ code: 'TOKEN_FAILED', cause: new Error('issuer down') });
    await vi.advanceTimersByTimeAsync(260);
    expect(errors).toHaveLength(2);
    expect(rig.sockets).toHaveLength(0);
    await rig.feed.close();
  });
});

describe('loops', () => {
  it('get every message until the close', async () => {
    const rig = new Rig();
    const types: string[] = [];
    const loop = (async () => {
      for await (const message of rig.feed) types.push(message.type);
    })();
    rig.socket.accept(0);
    rig.socket.say(nowcastFrame(1));
    await vi.advanceTimersByTimeAsync(0);
    void rig.feed.close();
    await loop;
    expect(types).toEqual(['subscribed', 'snapshot', 'nowcast']);
    for await (const message of rig.feed) types.push(message.type);
    expect(types).toHaveLength(3);
  });

  it('over nowcasts end by break and leave nothing behind', async () => {
    const rig = new Rig({ maxQueued: 2 });
    const seqs: number[] = [];
    const loop = (async () => {
      for await (const { seq } of rig.feed.nowcasts()) {
        seqs.push(seq);
        if (seqs.length === 2) break;
      }
    })();
    await vi.advanceTimersByTimeAsync(0);
    rig.socket.accept(0);
    await vi.advanceTimersByTimeAsync(0);
    rig.socket.say(nowcastFrame(1), nowcastFrame(2));
    await loop;
    expect(seqs).toEqual([1, 2]);
    // Were the queue still there, it would overflow and its error would be unhandled.
    rig.socket.say(nowcastFrame(3), nowcastFrame(4), nowcastFrame(5));
    expect(rig.feed.state.seq).toBe(5);
  });

  it('that fall too far behind get an error and not old data', async () => {
    const rig = new Rig({ maxQueued: 3 });
    const iterator = rig.feed[Symbol.asyncIterator]();
    rig.socket.accept(0);
    rig.socket.say(nowcastFrame(1), nowcastFrame(2), nowcastFrame(3));
    await expect(iterator.next()).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('throw when the client gives up', async () => {
    const rig = new Rig({ giveUpOn: [4401] });
    const iterator = rig.feed[Symbol.asyncIterator]();
    const next = iterator.next();
    rig.socket.fire('close', { code: 4401 });
    await expect(next).rejects.toThrow(
      new FeedError('GAVE_UP', 'the feed is closed: not authorised (4401)', 4401),
    );
    expect(rig.feed.state.phase).toBe('closed');
  });
});
