import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/contracts/time.js';
import { FEATURE_COUNT, featureIndex } from '../../../src/features/feature-names.js';
import type { InputEvent } from '../../../src/features/input-event.js';
import { buildDataset } from '../../../src/train/dataset.js';
import type { HeldOutBlock } from '../../../src/train/held-out-block.js';
import type { Donor } from '../../../src/train/pooling/donor.js';
import { type Pool, poolRows } from '../../../src/train/pooling/pool.js';
import { eventsOf, profileOf, START_MS } from './hourly-zones.js';

const PROFILE = profileOf('own');
const NOW_HOUR = 24 * 80;
const OWN = eventsOf('own', { fromHour: 24 * 62, untilHour: NOW_HOUR });
const OWN_WITH_OPERATOR = eventsOf('own', {
  fromHour: 24 * 62,
  untilHour: NOW_HOUR,
  withOperator: true,
});
const DATASET = buildDataset(OWN, PROFILE, { rowBudget: 4000, heldOutRowBudget: 1000, seed: 3 });
const { validationFromMs, untilMs } = DATASET.blocks;
const BUDGET = { rowBudget: 6000, seed: 3 };
const LONG = { fromHour: 0, untilHour: NOW_HOUR + 24 * 5 };

function donorOf(zone: string, events: readonly InputEvent[] = eventsOf(zone, LONG)): Donor {
  return { profile: profileOf(zone), events: () => events };
}

function pooled(donors: readonly Donor[], maxHistoryDays = 30, own: readonly InputEvent[] = OWN): Pool {
  const pool = poolRows(own, DATASET, { donors, maxHistoryDays }, BUDGET);
  if (pool === null) throw new Error('nothing was pooled');
  return pool;
}

/** All numbers of a block, to the last bit (NaN included). */
function bitsOf(blocks: readonly HeldOutBlock[]): string {
  const hash = createHash('sha256');
  for (const { features, originMs, horizonIndex, baselineMw, actualMw } of blocks) {
    for (const { buffer } of [features, originMs, horizonIndex, baselineMw, actualMw])
      hash.update(new Uint8Array(buffer));
  }
  return hash.digest('hex');
}

function weatherOf(zone: string, fromHour: number): InputEvent[] {
  const hours = Array.from({ length: NOW_HOUR - fromHour }, (_, i) => START_MS + (fromHour + i) * HOUR_MS);
  const rest = { shortwaveWm2: NaN, cloudPct: NaN, humidityPct: NaN, windMs: NaN };
  return hours.map((validTimeMs) => ({
    ...{ type: 'weather' as const, zone, validTimeMs, availableAtMs: validTimeMs },
    values: { temperatureC: 20, ...rest },
  }));
}

function targetsOf({ originMs, horizonIndex, horizonsMinutes }: HeldOutBlock): number[] {
  return Array.from(originMs, (ms, row) => ms + (horizonsMinutes[horizonIndex[row] ?? 0] ?? 0) * MINUTE_MS);
}

describe('poolRows', () => {
  it('gives the twin no target from the validation block on, and the model none after its as-of', () => {
    const { before, all, record } = pooled([donorOf('donor'), donorOf('another')]);
    expect(before).toHaveLength(2);
    for (const block of before) expect(Math.max(...targetsOf(block))).toBeLessThan(validationFromMs);
    for (const block of all) {
      const latest = Math.max(...targetsOf(block));
      expect(latest).toBeGreaterThan(validationFromMs);
      expect(latest + HOUR_MS).toBeLessThanOrEqual(untilMs);
    }
    expect(record.donors.map(({ rows }) => rows)).toEqual(all.map(({ rows }) => rows));
  });

  it.each([
    ['operator', 'operator_ramp'],
    ['weather', 'temperature'],
  ] as const)('takes the %s of a donor only for a zone that has it, too', (type, feature) => {
    const donor = donorOf('donor', [
      ...eventsOf('donor', { ...LONG, withOperator: true }),
      ...weatherOf('donor', 0),
    ]);
    const column = featureIndex(feature);
    const knows = (own: readonly InputEvent[]): boolean =>
      pooled([donor], 30, own).all.some(({ features }) =>
        features.some((value, at) => at % FEATURE_COUNT === column && !Number.isNaN(value)),
      );
    const own = [...OWN_WITH_OPERATOR, ...weatherOf('own', 24 * 62)];
    expect(knows(own.filter((event) => event.type !== type))).toBe(false);
    expect(knows(own)).toBe(true);
  });

  it('is the same to the last bit when the donor is scrambled after what each may know', () => {
    const scrambled = (fromMs: number): Pool =>
      pooled([
        donorOf(
          'donor',
          eventsOf('donor', {
            ...LONG,
            change: (mw, ms) => (ms < fromMs ? mw : mw * 1.1 + 40 * Math.sin(ms)),
          }),
        ),
      ]);
    const pool = pooled([donorOf('donor')]);
    const fromValidation = scrambled(validationFromMs);
    expect(bitsOf(fromValidation.before)).toBe(bitsOf(pool.before));
    expect(bitsOf(fromValidation.all)).not.toBe(bitsOf(pool.all));
    expect(bitsOf(scrambled(untilMs).all)).toBe(bitsOf(pool.all));
  });

  it('makes, of a rescaled copy of the zone, the very rows of the zone: no feature in MW is forgotten', () => {
    const series = { ...LONG, untilHour: NOW_HOUR, withOperator: true };
    const copy = eventsOf('own', { ...series, change: (mw) => 3.7 * mw - 5000 });
    const whole = buildDataset(eventsOf('own', series), PROFILE, {
      rowBudget: 1e6,
      heldOutRowBudget: 1e6,
      seed: 1,
    });
    const rowOf = new Map<string, number>();
    whole.originMs.forEach((ms, row) => rowOf.set(`${String(ms)}/${String(whole.horizonIndex[row])}`, row));
    const [block] = pooled([donorOf('copy', copy)], 30, OWN_WITH_OPERATOR).all;
    if (block === undefined) throw new Error('no rows');
    const differences: number[] = [];
    const compare = (a = Number.NaN, b = Number.NaN): void => {
      if (!(Number.isNaN(a) && Number.isNaN(b))) differences.push(Math.abs(a - b));
    };
    let compared = 0;
    for (let row = 0; row < block.rows; row += 1) {
      const own = rowOf.get(`${String(block.originMs[row])}/${String(block.horizonIndex[row])}`);
      if (own === undefined) continue;
      compared += 1;
      compare(block.baselineMw[row], whole.baselineMw[own]);
      compare(block.actualMw[row], whole.actualMw[own]);
      for (let k = 0; k < FEATURE_COUNT; k += 1)
        compare(block.features[row * FEATURE_COUNT + k], whole.features[own * FEATURE_COUNT + k]);
    }
    expect(compared).toBeGreaterThan(1000);
    const operator = whole.features.filter((_, i) => i % FEATURE_COUNT === featureIndex('operator_ramp'));
    expect(operator.some((mw) => mw > 100)).toBe(true);
    // A difference with one side missing is NaN, and NaN is not less.
    expect(differences.filter((difference) => !(difference < 0.01))).toEqual([]);
  });

  it('keeps within the budget, and is the same each time', () => {
    const donors = [donorOf('donor'), donorOf('another'), donorOf('a third')];
    const pool = pooled(donors);
    const rows = pool.all.reduce((sum, block) => sum + block.rows, 0);
    expect(rows).toBeGreaterThan(0.5 * BUDGET.rowBudget);
    expect(rows).toBeLessThan(1.1 * BUDGET.rowBudget);
    const again = pooled(donors);
    expect(bitsOf(again.all)).toBe(bitsOf(pool.all));
    expect(bitsOf(again.before)).toBe(bitsOf(pool.before));
    expect(again.record).toEqual(pool.record);
    expect(again.fingerprints).toEqual(pool.fingerprints);
  });

  it('says which zones could not lend and why', () => {
    const halfHourly: Donor = {
      profile: profileOf('half', { stepMs: HOUR_MS / 2 }),
      events: () => {
        throw new Error('its events are not needed');
      },
    };
    const gone = donorOf('gone', eventsOf('gone', { fromHour: 0, untilHour: 24 * 60 }));
    const pool = pooled([halfHourly, gone, donorOf('donor')]);
    expect(pool.record.donors.map(({ zone }) => zone)).toEqual(['donor']);
    expect(pool.record.ignored).toEqual([
      { zone: 'half', why: 'its step is 30 min, not 60 min' },
      { zone: 'gone', why: 'too little demand in common to tell its scale' },
    ]);
  });

  it('does nothing for a zone whose own history is long enough, or without donors', () => {
    const days = (NOW_HOUR - 24 * 62) / 24;
    expect((untilMs - START_MS) / DAY_MS).toBe(NOW_HOUR / 24);
    expect(pooled([donorOf('donor')], days).record.ownRows).toBe(DATASET.rows);
    const order = { donors: [donorOf('donor')], maxHistoryDays: days - 1 / 24 };
    expect(poolRows(OWN, DATASET, order, BUDGET)).toBeNull();
    expect(poolRows(OWN, DATASET, { donors: [], maxHistoryDays: 30 }, BUDGET)).toBeNull();
  });
});
