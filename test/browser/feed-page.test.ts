import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { path, start, stopAfterEach } from '../feed/feed-fixture.js';
import { chromiumMissing, launchChromium } from './support/chromium.js';

stopAfterEach();

const PAGE = readFileSync(fileURLToPath(new URL('../../examples/feed/page.html', import.meta.url)));
const pages: Server = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html').end(PAGE);
});
afterAll(() => {
  pages.close();
});

describe.skipIf(chromiumMissing() !== null)('examples/feed/page.html', () => {
  it('shows nowcasts as they come, from an origin that is allowed', async () => {
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
    const to = await start({ api: { allowedOrigins: [origin] } });
    await to.append('nowcasts', path(1));
    await vi.waitFor(() => expect(to.view.state.seq).toBe(0));
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(`${origin}/?feed=${encodeURIComponent(to.feedUrl)}`);
      await expect.poll(() => page.textContent('#status'), { timeout: 20_000 }).toBe('live');
      await expect.poll(() => page.textContent('#rows')).toContain('A: 1005 MW');
      await to.append('nowcasts', path(2));
      await expect.poll(() => page.textContent('#rows')).toContain('B: 1005 MW');
    } finally {
      await browser.close();
    }
  });
});
