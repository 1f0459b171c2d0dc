import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openRegistryCodec } from '../../src/log/registry-codec.js';

/** How the codec takes a registry's refusals. The real registry is in the integration tests. */
describe('registry codec without a working registry', () => {
  let server: Server | null = null;
  afterEach(async () => {
    await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
    server = null;
  });

  async function answering(status: (method: string) => number): Promise<string> {
    const started = createServer((request, response) => {
      response.writeHead(status(request.method ?? ''), {
        'content-type': 'application/vnd.schemaregistry.v1+json',
      });
      response.end(JSON.stringify({ error_code: 1, message: 'said no' }));
    });
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
  }

  it('says where it looked and what to do when nobody listens', async () => {
    const url = await answering(() => 500);
    await new Promise((resolve) => server?.close(resolve));
    server = null;
    const codec = await openRegistryCodec({ url });
    await expect(codec.register(['demand.observed'])).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
      retriable: true,
      message: expect.stringMatching(new RegExp(`${url}.*SCHEMA_REGISTRY_URL`)) as string,
    });
  });

  it('does not ask to try again when it is not let in, and shows no password', async () => {
    const url = await answering(() => 401);
    const codec = await openRegistryCodec({ url: url.replace('//', '//user:s3cret@') });
    const failure: unknown = await codec.register(['demand.observed']).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'LOG_UNAVAILABLE', retriable: false });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('s3cret');
  });

  it('tells an incompatible schema from an unreachable registry', async () => {
    // Neither the schema nor the subject's configuration is there; registering is refused.
    const statusOf: Record<string, number> = { GET: 404, POST: 409 };
    let posts = 0;
    const url = await answering((method) =>
      method === 'POST' && posts++ === 0 ? 404 : (statusOf[method] ?? 500),
    );
    const codec = await openRegistryCodec({ url, topicPrefix: 'staging.' });
    await expect(codec.register(['demand.observed'])).rejects.toMatchObject({
      code: 'SCHEMA_INCOMPATIBLE',
      message: expect.stringContaining('staging.demand.observed-value') as string,
    });
  });

  it('refuses what is not a URL', async () => {
    await expect(openRegistryCodec({ url: 'registry' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
