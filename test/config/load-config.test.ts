import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-config-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true });
});

function file(name: string, text: string): string {
  const full = path.join(dir, name);
  writeFileSync(full, text);
  return full;
}

describe('loadConfig', () => {
  it('has safe defaults: loopback only, embedded, the CAISO zones', () => {
    const config = loadConfig();
    expect(config.http.host).toBe('127.0.0.1');
    expect([config.log, config.history]).toEqual(['embedded', 'embedded']);
    expect(config.zones.map(({ zone }) => zone)).toContain('CA ISO-TAC');
    expect(Object.isFrozen(config.http)).toBe(true);
  });

  it('lets the command line win over the environment, and the environment over the file', () => {
    const config = file(
      'c.json',
      JSON.stringify({ dataDir: '/from-file', http: { port: 1111 }, influx: { url: 'http://file:1' } }),
    );
    vi.stubEnv('NOWCAST_DATA_DIR', '/from-env');
    vi.stubEnv('NOWCAST_PORT', '2222');
    const loaded = loadConfig({ config, port: 3333 });
    expect([loaded.dataDir, loaded.http.port, loaded.influx.url]).toEqual([
      '/from-env',
      3333,
      'http://file:1',
    ]);
  });

  it('reads an env file only when asked, below the real environment', () => {
    const envFile = file(
      '.services.env',
      'KAFKA_BROKERS=127.0.0.1:1,127.0.0.1:2\nINFLUX_URL=http://127.0.0.1:3\n',
    );
    vi.stubEnv('INFLUX_URL', 'http://127.0.0.1:4');
    const loaded = loadConfig({ envFile });
    expect(loaded.kafka.brokers).toEqual(['127.0.0.1:1', '127.0.0.1:2']);
    expect(loaded.influx.url).toBe('http://127.0.0.1:4');
  });

  it('reads a secret from the file that NAME_FILE points to', () => {
    vi.stubEnv('NOWCAST_MODEL_SIGNING_KEY_FILE', file('key.pem', 'the key\n'));
    expect(loadConfig().signing.privateKeyPem).toBe('the key');
  });

  it.each([
    ['{', /c\.json/],
    ['{"zonez": []}', /zonez/],
    ['{"http": {"port": 99999}}', /\/http\/port must be <= 65535/],
    ['{"zones": [{"zone": "A"}, {"zone": "A"}]}', /"A" is listed twice/],
  ])('refuses %s and names the place', (text, message) => {
    expect(() => loadConfig({ config: file('c.json', text) })).toThrowError(message);
  });

  it('names an unknown driver and what it may be', () => {
    expect(() => loadConfig({ log: 'rabbit' })).toThrowError('log: expected embedded or kafka, got "rabbit"');
  });

  it('names a configuration file that is not there', () => {
    expect(() => loadConfig({ config: path.join(dir, 'none.json') })).toThrowError(/none\.json/);
  });
});
