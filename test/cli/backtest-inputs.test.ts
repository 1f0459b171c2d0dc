import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBacktestInputs } from '../../src/cli/backtest-inputs.js';
import { loadConfig } from '../../src/config/load-config.js';
import type { RuntimeConfig } from '../../src/config/types.js';
import { HOUR_MS, toIso } from '../../src/contracts/time.js';

const START_MS = Date.parse('2025-01-06T00:00:00Z');
const HOURS = 48;

describe('readBacktestInputs', () => {
  let dir: string;
  let demand: string;
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'nowcast-backtest-inputs-'));
    demand = path.join(dir, 'demand.csv');
    const rows = ['A', 'B', 'C'].flatMap((zone) =>
      Array.from(
        { length: HOURS },
        (_, hour) => `${zone},${toIso(START_MS + hour * HOUR_MS)},${1000 + hour}`,
      ),
    );
    writeFileSync(demand, ['zone,time,mw', ...rows, ''].join('\n'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  function configOf(file: object): RuntimeConfig {
    const config = path.join(dir, 'config.json');
    writeFileSync(config, JSON.stringify({ dataDir: dir, ...file }));
    return loadConfig({ config });
  }

  it('cuts the history of the zone, not that of the donors', async () => {
    const trainFrom = START_MS + 12 * HOUR_MS;
    const options = { demand, zone: 'A', donorZones: ['B', 'C'], trainFrom, horizons: [120] };
    const { events, profile, pooling } = await readBacktestInputs(
      options,
      configOf({ training: { pooling: { maxHistoryDays: 33 } } }),
    );
    expect(events).toHaveLength(HOURS - 12);
    expect(Math.min(...events.map(({ availableAtMs }) => availableAtMs))).toBe(trainFrom + HOUR_MS);
    expect(profile.horizonsMinutes).toEqual([120]);
    expect(pooling?.maxHistoryDays).toBe(33);
    expect(pooling?.donors.map((donor) => [donor.profile.zone, donor.events().length])).toEqual([
      ['B', HOURS],
      ['C', HOURS],
    ]);
  });

  it('pools with nobody unless zones are named, and refuses what cannot be', async () => {
    const config = configOf({});
    expect((await readBacktestInputs({ demand, zone: 'A' }, config)).pooling).toBeUndefined();
    const unknown = { demand, zone: 'A', donorZones: ['D'] };
    await expect(readBacktestInputs(unknown, config)).rejects.toMatchObject({ code: 'ZONE_UNKNOWN' });
    const never = configOf({ training: { pooling: null } });
    const options = { demand, zone: 'A', donorZones: ['B'] };
    await expect(readBacktestInputs(options, never)).rejects.toMatchObject({ code: 'USAGE' });
  });
});
