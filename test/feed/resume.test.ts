import { describe, expect, it, vi } from 'vitest';
import { path, range, seqs, start, stopAfterEach, subscribed } from './feed-fixture.js';

stopAfterEach();

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
      api: { feedLimits: { drainMs: 0, resume: { maxRecords: 50, maxBytes: 1e6, catchUpMs: 1_000 } } },
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
