import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { Serving } from '../feed/serving.js';
import { get, isValid, serveSomeData, serving } from './api-fixture.js';

serveSomeData();

describe('pages', () => {
  it('has an OpenAPI 3.1 document that is valid and names every path', async () => {
    const { body } = await get('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const result = await new Validator().validate(
      JSON.parse(JSON.stringify(body)) as Record<string, unknown>,
    );
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    expect(Object.keys(body.paths as object).sort()).toEqual(
      [
        '/healthz',
        '/metrics',
        '/readyz',
        '/v1/accuracy',
        '/v1/alerts',
        '/v1/demand-forecasts/{zone}',
        '/v1/demand/{zone}',
        '/v1/export',
        '/v1/history/{zone}',
        '/v1/keys',
        '/v1/keys/{id}',
        '/v1/keys/{id}/rotate',
        '/v1/models',
        '/v1/models/rollback',
        '/v1/models/{version}/promote',
        '/v1/nowcasts',
        '/v1/nowcasts/{zone}',
        '/v1/quality',
        '/v1/status',
        '/v1/supply/{zone}',
        '/v1/training-runs',
        '/v1/training-runs/{id}',
        '/v1/weather/{zone}',
        '/v1/webhooks',
        '/v1/webhooks/{id}',
        '/v1/webhooks/{id}/deliveries',
        '/v1/webhooks/{id}/replay',
        '/v1/webhooks/{id}/test',
        '/v1/zones',
      ].sort(),
    );
  });

  it('has API pages that load nothing from elsewhere', async () => {
    const page = await get('/docs/');
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/https?:/);
    expect(page.text).not.toMatch(/(src|href)="https?:/);
    const scripts = [...page.text.matchAll(/src="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) {
      const { pathname } = new URL(script, 'http://x/docs/');
      expect((await get(pathname)).status, pathname).toBe(200);
    }
  });

  it('says how to build the dashboard when it is not built', async () => {
    const page = await get('/');
    expect(page.type).toContain('text/html');
    expect(page.text).toContain('npm run build');
  });

  it('serves the built dashboard under a strict policy', async () => {
    const webDir = await mkdtemp(path.join(tmpdir(), 'nowcast-web-'));
    await mkdir(path.join(webDir, 'assets'));
    await writeFile(path.join(webDir, 'index.html'), '<!doctype html><title>d</title>');
    await writeFile(path.join(webDir, 'assets', 'index-abc.js'), 'export {};');
    const other = await Serving.start({ access: { perAddress: 10 }, api: { webDir } });
    try {
      const base = other.url.replace('localhost', '127.0.0.1');
      const index = await fetch(`${base}/`);
      expect(await index.text()).toContain('<title>d</title>');
      expect(index.headers.get('cache-control')).toBe('no-cache');
      expect(index.headers.get('content-security-policy')).toContain("default-src 'self'");
      const asset = await fetch(`${base}/assets/index-abc.js`);
      expect(asset.headers.get('cache-control')).toContain('immutable');
      expect((await fetch(`${base}/../package.json`)).status).toBe(404);
      expect((await fetch(`${base}/assets/%2e%2e/%2e%2e/etc/passwd`)).status).toBeGreaterThanOrEqual(400);
      const statuses: number[] = [];
      for (let i = 0; i < 12; i += 1) statuses.push((await fetch(`${base}/v1/zones`)).status);
      expect(statuses.at(-1)).toBe(429);
      const limited = await fetch(`${base}/v1/zones`);
      isValid('rest-problem', await limited.json());
      expect((await fetch(`${base}/healthz`)).status).toBe(200);
    } finally {
      await other.stop();
      await rm(webDir, { recursive: true, force: true });
    }
  });

  it('says which port is in use and what to do', async () => {
    const port = Number(new URL(serving.url).port);
    await expect(Serving.start({ api: { port } })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringMatching(
        new RegExp(`port ${port} on 127.0.0.1 is in use.*--port or NOWCAST_PORT`),
      ) as string,
    });
  });
});
