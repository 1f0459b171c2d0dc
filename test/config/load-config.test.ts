import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_ALERT_LIMITS } from '../../src/accuracy/alert-limits.js';
import { bandQuantilesOf, bandSettings } from '../../src/config/band-settings.js';
import { alertLimitsOf } from '../../src/config/alert-settings.js';
import { gateOf } from '../../src/config/gate-settings.js';
import { loadConfig } from '../../src/config/load-config.js';
import { packageRoot } from '../../src/config/package-root.js';
import { DEFAULT_GATE_THRESHOLDS } from '../../src/train/gate-thresholds.js';

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

  it('takes its default zones from a configuration file that can be copied as it is', () => {
    const copy = loadConfig({ config: path.join(packageRoot(), 'config', 'zones-california.json') });
    expect(copy.zones).toEqual(loadConfig().zones);
    expect(copy.zones.map(({ zone }) => zone)).toEqual([
      'CA ISO-TAC',
      'PGE-TAC',
      'SCE-TAC',
      'SDGE-TAC',
      'VEA-TAC',
      'MWD-TAC',
    ]);
    for (const { zone, weatherPoints = [] } of copy.zones) {
      const weights = weatherPoints.map(({ weight }) => weight);
      expect([zone, weights.reduce((sum, weight) => sum + weight, 0)]).toEqual([zone, expect.closeTo(1, 6)]);
      for (const { latitude, longitude } of weatherPoints) {
        // California and its border with Nevada and Arizona.
        expect(latitude).toBeGreaterThan(32);
        expect(latitude).toBeLessThan(42);
        expect(longitude).toBeGreaterThan(-124.5);
        expect(longitude).toBeLessThan(-114);
      }
    }
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

describe('the admin key', () => {
  const KEY = 'k'.repeat(40);

  it('is absent unless it is given', () => {
    expect(loadConfig().admin).toEqual({});
  });

  it('comes from the environment, or from the file that NOWCAST_ADMIN_KEY_FILE names', () => {
    vi.stubEnv('NOWCAST_ADMIN_KEY', KEY);
    expect(loadConfig().admin.key).toBe(KEY);
    vi.stubEnv('NOWCAST_ADMIN_KEY_FILE', file('admin.key', `${KEY}from-file\n`));
    expect(loadConfig().admin.key).toBe(`${KEY}from-file`);
  });

  it.each(['short-secret', `${'k'.repeat(20)} ${'k'.repeat(20)}`])(
    'is refused when it can be guessed or mistyped, and not shown (%#)',
    (key) => {
      vi.stubEnv('NOWCAST_ADMIN_KEY', key);
      const load = () => loadConfig();
      expect(load).toThrowError(/NOWCAST_ADMIN_KEY: expected at least \d+ characters without spaces/);
      expect(load).not.toThrowError(key);
    },
  );

  it('names a key file that cannot be read', () => {
    vi.stubEnv('NOWCAST_ADMIN_KEY_FILE', path.join(dir, 'none.key'));
    expect(() => loadConfig()).toThrowError(/NOWCAST_ADMIN_KEY_FILE: cannot read .*none\.key/);
  });
});

describe('the gate of a configuration', () => {
  const load = (settings: object) => loadConfig({ config: file('c.json', JSON.stringify(settings)) });

  it('has defaults, those of all zones over them, and those of a zone on top', () => {
    const config = load({
      gate: { mapePercent: 3, minDays: 10 },
      zones: [{ zone: 'A', gate: { mapePercent: 5 } }, { zone: 'B' }],
    });
    expect(gateOf(config, 'A')).toEqual({ ...DEFAULT_GATE_THRESHOLDS, mapePercent: 5, minDays: 10 });
    expect(gateOf(config, 'B')).toEqual({ ...DEFAULT_GATE_THRESHOLDS, mapePercent: 3, minDays: 10 });
    expect(gateOf(config, 'not configured')).toEqual(config.gate);
  });

  it.each<[object, RegExp]>([
    [{ gate: { mapePercent: -1 } }, /\/gate\/mapePercent/],
    [{ gate: { mape: 1 } }, /\/gate has no setting mape/],
    [{ zones: [{ zone: 'A', gate: { mape: 1 } }] }, /\/zones\/0\/gate has no setting mape/],
    [{ gate: { coverageMinPercent: 97 } }, /^gate: coverageMinPercent \(97\) must be below/],
    [
      { gate: { coverageMinPercent: 80 }, zones: [{ zone: 'A', gate: { coverageMaxPercent: 70 } }] },
      /^gate of zone A: coverageMinPercent \(80\) must be below coverageMaxPercent \(70\)/,
    ],
  ])('refuses %j and names the place', (settings, message) => {
    expect(() => load(settings)).toThrowError(message);
  });
});

describe('the further quantiles of a configuration', () => {
  const load = (settings: object) => loadConfig({ config: file('c.json', JSON.stringify(settings)) });

  it('are none by default, those of all zones, or those of a zone', () => {
    expect(bandQuantilesOf(load({}), 'A')).toEqual([]);
    const zones = [{ zone: 'A' }, { zone: 'B', bands: { quantiles: [] } }, { zone: 'C', bands: {} }];
    const config = load({ bands: { quantiles: [0.005, 0.25, 0.995] }, zones });
    for (const zone of ['A', 'C', 'not configured'])
      expect(bandQuantilesOf(config, zone)).toEqual([0.005, 0.25, 0.995]);
    expect(bandQuantilesOf(config, 'B')).toEqual([]);
  });

  it('are refused with the place where they are out of range or too many', () => {
    const nine = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.996];
    expect(() =>
      load({ bands: { quantiles: [0.004] }, zones: [{ zone: 'A', bands: { quantiles: nine } }] }),
    ).toThrowError(
      /\/zones\/0\/bands\/quantiles must NOT have more than 8.*\/8 must be <= 0.995.*\/bands\/quantiles\/0 must be >= 0.005/,
    );
    expect(() => load({ bands: { quantiles: [0.9] } })).toThrowError(/^bands.quantiles: 0.9 is in every/);
  });

  it.each<[[number, number?], string]>([
    [[0.1], '0.1 is in every nowcast already, as p10; leave it out'],
    [[0.5], '0.5 is in every nowcast already, as mw; leave it out'],
    [[0.25, 0.9], '0.9 is in every nowcast already, as p90; leave it out'],
    [[0.75, 0.25], '0.25 follows 0.75; list each once, in rising order'],
    [[0.25, 0.25], '0.25 follows 0.25; list each once, in rising order'],
    [[0.0255], '0.0255 is finer than 0.001; round it to 0.025'],
  ])('are refused with what to do: %j', (list, message) => {
    const quantiles = list as [number, number];
    expect(() => bandSettings({ bands: { quantiles } })).toThrowError(`bands.quantiles: ${message}`);
    const zones = [{ zone: 'A', bands: { quantiles } }];
    expect(() => bandSettings({ zones })).toThrowError(`bands.quantiles of zone A: ${message}`);
  });
});

describe('the alert limits of a configuration', () => {
  const load = (settings: object) => loadConfig({ config: file('c.json', JSON.stringify(settings)) });

  it('have defaults, those of all zones over them, and those of a zone on top', () => {
    const config = load({
      alerts: { mapePercent: 3, driftLimit: 20 },
      zones: [{ zone: 'A', alerts: { mapePercent: 5, coverageMinPercent: 60 } }, { zone: 'B' }],
    });
    const ofAll = { ...DEFAULT_ALERT_LIMITS, mapePercent: 3, driftLimit: 20 };
    expect(alertLimitsOf(config, 'A')).toEqual({ ...ofAll, mapePercent: 5, coverageMinPercent: 60 });
    expect(alertLimitsOf(config, 'B')).toEqual(ofAll);
    expect(alertLimitsOf(config, 'not configured')).toEqual(ofAll);
    expect(alertLimitsOf(load({}), 'A')).toMatchObject({ mapePercent: 2, mapeHorizonMinutes: 60 });
  });

  it('are as wide as the gate for the zones that have a wider one by default', () => {
    const config = loadConfig();
    for (const { zone } of config.zones)
      expect([zone, alertLimitsOf(config, zone).mapePercent]).toEqual([
        zone,
        gateOf(config, zone).mapePercent,
      ]);
  });

  it.each<[object, RegExp]>([
    [{ alerts: { mapePercent: 0 } }, /\/alerts\/mapePercent must be > 0/],
    [{ alerts: { mape: 1 } }, /\/alerts has no setting mape/],
    [{ zones: [{ zone: 'A', alerts: { bias: 1 } }] }, /\/zones\/0\/alerts has no setting bias/],
    [{ alerts: { coverageMinPercent: 80 } }, /\/alerts\/coverageMinPercent must be <= 75/],
    [{ zones: [{ zone: 'A', alerts: { coverageMaxPercent: 81 } }] }, /coverageMaxPercent must be >= 85/],
  ])('refuse %j and name the place', (settings, message) => {
    expect(() => load(settings)).toThrowError(message);
  });

  it('completes the settings of pooling, and lets them be switched off', () => {
    expect(loadConfig().training.pooling).toEqual({ maxHistoryDays: 180, donors: 3 });
    const poolingOf = (pooling: unknown) => {
      const config = path.join(dir, 'pooling.json');
      writeFileSync(config, JSON.stringify({ training: { pooling } }));
      return loadConfig({ config }).training.pooling;
    };
    expect(poolingOf({ donors: 1 })).toEqual({ maxHistoryDays: 180, donors: 1 });
    expect(poolingOf(null)).toBeNull();
    expect(() => poolingOf({ donors: 0 })).toThrow(/training\.pooling\.donors|donors/);
  });
});
