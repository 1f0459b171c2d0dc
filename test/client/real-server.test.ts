import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { NowcastFeed, type FeedGap, type FeedOptions } from '../../src/client/index.js';
import { packageRoot } from '../../src/config/package-root.js';
import { path as nowcastPath, range, start, stopAfterEach } from '../feed/feed-fixture.js';

const feeds: NowcastFeed[] = [];
const sockets: WebSocket[] = [];
stopAfterEach();
afterEach(async () => {
  await Promise.all(feeds.splice(0).map((feed) => feed.close()));
  sockets.length = 0;
});

/** A client whose sockets the test can cut. */
function openFeed(url: string, options: Partial<FeedOptions> = {}): NowcastFeed {
  const feed = new NowcastFeed({
    url,
    firstRetryMs: 5,
    createSocket: ({ url: to, protocols, headers }) => {
      const socket = new WebSocket(to, [...protocols], { headers });
      sockets.push(socket);
      return socket as never;
    },
    ...options,
  });
  feeds.push(feed);
  return feed;
}

describe('the client on the real server', () => {
  it('gets every nowcast once and in order through cut connections', async () => {
    const to = await start();
    const seqs: number[] = [];
    const gaps: FeedGap[] = [];
    const feed = openFeed(to.feedUrl);
    feed.on('nowcast', ({ seq, snapshot }) => {
      if (!snapshot) seqs.push(seq);
    });
    feed.on('gap', (gap) => gaps.push(gap));
    feed.start();
    await vi.waitFor(() => expect(feed.state.phase).toBe('live'));
    await vi.waitFor(() => expect(feed.state.seq).toBe(-1));
    const total = 300;
    const all = nowcastPath(total);
    for (let i = 0; i < total; i += 10) {
      await to.append('nowcasts', all.slice(i, i + 10));
      if (i % 50 === 0) sockets.at(-1)?.terminate();
    }
    await vi.waitFor(() => expect(seqs.at(-1)).toBe(total - 1), { timeout: 10_000 });
    expect(sockets.length).toBeGreaterThan(3);
    expect(seqs).toEqual(range(0, total - 1));
    expect(gaps).toEqual([]);
    expect([...feed.latest.values()].map((one) => one.origin).sort()).toEqual(
      all.slice(-2).map((one) => one.origin),
    );
  });

  it('takes another selection on the open connection', async () => {
    const to = await start();
    await to.append('nowcasts', nowcastPath(2));
    await vi.waitFor(() => expect(to.view.state.seq).toBe(1));
    const feed = openFeed(to.feedUrl, { zones: ['A'] });
    const seqs: number[] = [];
    feed.on('nowcast', ({ seq, snapshot }) => {
      if (!snapshot) seqs.push(seq);
    });
    feed.start();
    await vi.waitFor(() => expect([...feed.latest.keys()]).toEqual(['A']));
    feed.select({ zones: ['B'], horizonsMinutes: [60] });
    await vi.waitFor(() => expect([...feed.latest.keys()]).toEqual(['B']));
    await to.append('nowcasts', nowcastPath(2));
    await vi.waitFor(() => expect(seqs).toEqual([3]));
    expect(feed.latest.get('B')?.steps.map((step) => step.horizonMinutes)).toEqual([60]);
    expect(sockets).toHaveLength(1);
  });

  it('is driven by a loop, with the class of ws', async () => {
    const to = await start();
    await to.append('nowcasts', nowcastPath(2));
    await vi.waitFor(() => expect(to.view.state.seq).toBe(1));
    const feed = new NowcastFeed({ url: to.feedUrl, zones: ['A'], WebSocket });
    feeds.push(feed);
    const seen: boolean[] = [];
    for await (const { snapshot, seq } of feed.nowcasts()) {
      seen.push(snapshot);
      if (seq === 2) break;
      await to.append('nowcasts', nowcastPath(1));
    }
    expect(seen).toEqual([true, false]);
  });
});

describe('the package', () => {
  it('exports the client, which imports nothing but itself and types', () => {
    const root = packageRoot();
    const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      exports: Record<string, { default: string }>;
    };
    expect(exports['./client']?.default).toBe('./dist/client/index.js');
    const dir = path.join(root, 'src', 'client');
    for (const file of readdirSync(dir)) {
      const text = readFileSync(path.join(dir, file), 'utf8');
      for (const [, clause = '', from = ''] of text.matchAll(/^(import|export)[^;]*? from '([^']+)';$/gm)) {
        const typeOnly = new RegExp(`^(import|export) type [^;]*'${from}';$`, 'm').test(text);
        const local = /^\.\/[\w-]+\.js$/.test(from);
        expect(
          local || (typeOnly && from.startsWith('../contracts/generated/')),
          `${file}: ${clause} ${from}`,
        ).toBe(true);
      }
    }
  });
});
