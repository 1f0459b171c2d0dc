import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DAY_MS, toIso } from '../../../src/contracts/time.js';
import { openLocalCodec } from '../../../src/log/local-codec.js';
import type { SchemaCodec } from '../../../src/log/schema-codec.js';
import { findDonors } from '../../../src/train/pooling/find-donors.js';
import type { DonorOrder } from '../../../src/train/pooling/task-donors.js';
import { readInputs } from '../../../src/train/read-inputs.js';
import { MemoryLog } from '../../collect/memory-log.js';
import { eventsOf, profileOf, START_MS } from './hourly-zones.js';

const DAYS = 30;
const END_MS = START_MS + DAYS * DAY_MS;

describe('findDonors', () => {
  let dir: string;
  let codec: SchemaCodec;
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'nowcast-donors-'));
    codec = await openLocalCodec({ dir });
    await codec.register(['demand.observed']);
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  /** @param days by zone, how much history it has at the end; or its first and last day */
  async function logOf(days: Record<string, number | readonly [number, number]>): Promise<MemoryLog> {
    const log = new MemoryLog();
    for (const [zone, of] of Object.entries(days)) {
      const [from, until] = typeof of === 'number' ? [DAYS - of, DAYS] : of;
      for (const event of eventsOf(zone, { fromHour: 24 * from, untilHour: 24 * until })) {
        if (event.type !== 'demand') continue;
        const { validTimeMs, availableAtMs, demandMw } = event;
        const value = codec.encode('demand.observed', {
          ...{ zone, kind: 'actual', stepMinutes: 60, demandMw, source: 'test', revision: 0 },
          ...{ validTime: toIso(validTimeMs), availableAt: toIso(availableAtMs) },
        });
        await log.append('demand.observed', [{ key: zone, value, timestampMs: availableAtMs }]);
      }
    }
    return log;
  }

  async function donorsOf(log: MemoryLog, zones: string[], maxHistoryDays = 10, donors = 2) {
    const range = { fromMs: 0, untilMs: Infinity };
    const inputs = (await readInputs(log, codec, { ...range, zones })).zones;
    const read = vi.spyOn(log, 'read');
    const profile = (zone: string) => profileOf(zone, zone === 'abroad' ? { timeZone: 'Asia/Tokyo' } : {});
    const limits = { maxHistoryDays, donors, endMs: END_MS };
    const orders = await findDonors(inputs, { log, codec, profiles: { profile }, ...range, ...limits });
    return { orders, reads: read.mock.calls.length };
  }
  const names = (order: DonorOrder | undefined): string[] | undefined =>
    order?.donors.map(({ profile: { zone } }) => zone);

  it('takes the longest histories, those of the same time zone first', async () => {
    const log = await logOf({ short: 8, abroad: 30, longer: 25, longest: 29, long: 20 });
    const { orders } = await donorsOf(log, ['short', 'longest']);
    expect([...orders.keys()]).toEqual(['short']);
    expect(names(orders.get('short'))).toEqual(['longest', 'longer']);
    const all = await donorsOf(log, ['short'], 10, 9);
    expect(names(all.orders.get('short'))).toEqual(['longest', 'longer', 'long', 'abroad']);
    const [donor] = orders.get('short')?.donors ?? [];
    expect(donor?.columns.demand.length).toBe(29 * 24 * 4);
    expect(donor?.columns.demand.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('asks no zone that has not twice the history, and none for a zone that has enough itself', async () => {
    const log = await logOf({ short: 8, alike: 8, bit: 15, enough: 12 });
    expect((await donorsOf(log, ['short', 'alike'])).orders.size).toBe(0);
    const { orders, reads } = await donorsOf(await logOf({ enough: 12, long: 30 }), ['enough', 'long']);
    expect(orders.size).toBe(0);
    expect(reads).toBe(0);
  });

  it('says which zones have no demand any more', async () => {
    const { orders } = await donorsOf(await logOf({ short: 8, gone: [0, 22], long: 20 }), ['short']);
    expect(names(orders.get('short'))).toEqual(['long']);
    expect(orders.get('short')?.passedOver).toEqual([
      { zone: 'gone', why: 'it has had no demand in the last 7 days' },
    ]);
  });
});
