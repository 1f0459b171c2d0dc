import { describe, expect, it } from 'vitest';
import type { Nowcast } from '../../src/contracts/records.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, toIso } from '../../src/contracts/time.js';
import type { AppendRecord } from '../../src/log/event-log.js';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { columnsOf } from '../../src/nowcast/issued-earlier.js';
import { encodeRamp, RAMP_HEADER, TRIGGER_HEADER } from '../../src/nowcast/nowcast-headers.js';
import { readBack, type ReadBackOptions } from '../../src/nowcast/read-back.js';
import { MemoryLog } from '../collect/memory-log.js';

const END_MS = Date.parse('2026-01-20T00:00:00Z');
const STEP_MS = 5 * MINUTE_MS;
/** 10 minutes is scored over a day, the others over a week. */
const HORIZONS = [5, 10, 60, 1440];
const ZONES = 8;
const DAYS = 9;

function nowcastOf(zone: string, originMs: number): Nowcast {
  const mw = 20_000 + (originMs % 977_000) / 1000;
  return {
    zone,
    origin: toIso(originMs),
    issuedAt: toIso(originMs + STEP_MS),
    modelVersion: 'v1',
    revision: 0,
    reasons: [],
    steps: HORIZONS.map((horizonMinutes) => ({
      target: toIso(originMs + horizonMinutes * MINUTE_MS),
      horizonMinutes,
      mw: mw + horizonMinutes,
      p10: mw - 100,
      p90: mw + 100,
    })),
  } as unknown as Nowcast;
}

/** As the tests need it: JSON without framing. */
const codec = {
  prepare: () => Promise.resolve(),
  decode: (_: string, bytes: Uint8Array) => ({
    ok: true,
    value: JSON.parse(Buffer.from(bytes).toString()) as unknown,
  }),
} as unknown as SchemaCodec;

async function logOf(days: number): Promise<MemoryLog> {
  const log = new MemoryLog();
  const records: AppendRecord[] = [];
  for (let originMs = END_MS - days * DAY_MS; originMs < END_MS; originMs += STEP_MS)
    for (let zone = 0; zone < ZONES; zone++) {
      const nowcast = nowcastOf(`Z${String(zone)}`, originMs);
      const mw = nowcast.steps.map((step) => step.mw);
      const headers = {
        [TRIGGER_HEADER]: `demand.observed/${String(zone % 4)}:${String(records.length)}`,
        [RAMP_HEADER]: encodeRamp(
          Float64Array.from(mw, (value) => value + 0.4),
          mw,
        ),
      };
      const value = Buffer.from(JSON.stringify(nowcast));
      records.push({ key: nowcast.zone, value, timestampMs: originMs + STEP_MS, headers });
    }
  await log.append('nowcasts', records);
  return log;
}

const OPTIONS: ReadBackOptions = {
  asOfMs: END_MS,
  committedEnds: [],
  longestHorizonMs: DAY_MS,
  watchedMinutes: null,
  partitions: new Set(['demand.observed/0', 'demand.observed/1', 'demand.observed/2', 'demand.observed/3']),
};

describe('readBack', () => {
  it('reads a time, however many zones there are, and no longer', async () => {
    const { tail } = await readBack(await logOf(DAYS), codec, OPTIONS);
    expect(tail.size).toBe(ZONES);
    const counts = [...tail.values()].map((list) => list.length);
    expect(counts.reduce((a, b) => a + b)).toBeGreaterThan(18_000);
    for (const list of tail.values()) {
      const origins = list.map(({ originMs }) => originMs);
      // Whatever a target of the last 7 days was forecast by, up to a day before it; the oldest last.
      expect(origins[0]).toBe(END_MS - STEP_MS);
      expect(origins.at(-1)).toBeLessThanOrEqual(END_MS - 8 * DAY_MS);
      expect(origins.at(-1)).toBeGreaterThan(END_MS - 8 * DAY_MS - 4 * HOUR_MS);
      expect(origins).toEqual(origins.map((_, i) => END_MS - (i + 1) * STEP_MS));
    }
  });

  it('keeps the horizons that are scored over a day for the nowcasts that a day needs', async () => {
    const { tail } = await readBack(await logOf(3), codec, OPTIONS);
    const list = tail.get('Z0') ?? [];
    expect(list[0]?.horizonsMinutes).toEqual(HORIZONS);
    expect(list.at(-1)?.horizonsMinutes).toEqual([5, 60, 1440]);
    const whole = list.filter(({ horizonsMinutes }) => horizonsMinutes.length === HORIZONS.length);
    expect(whole.at(-1)?.originMs).toBeLessThanOrEqual(END_MS - 2 * DAY_MS);
    // One list for all, so that the tracker looks its columns up once.
    expect(new Set(list.map(({ horizonsMinutes }) => horizonsMinutes)).size).toBe(2);
    for (const issued of [list[0], list.at(-1)]) {
      if (issued === undefined) throw new Error('nothing was read back');
      const { mw, p10, ramp24hMw } = columnsOf(issued);
      const step = nowcastOf('Z0', issued.originMs).steps.at(-1);
      const at = issued.horizonsMinutes.length - 1;
      expect([mw[at], p10?.[at]]).toEqual([Math.fround(step?.mw ?? 0), Math.fround(step?.p10 ?? 0)]);
      expect((ramp24hMw?.[at] ?? 0) - (mw[at] ?? 0)).toBeCloseTo(0.4, 2);
    }
  });

  it('leaves out what another consumer issued, and notes the last trigger of what was not committed', async () => {
    const log = await logOf(2);
    const high = log.records('nowcasts').length;
    const partitions = new Set(['demand.observed/1']);
    const { tail, emittedThrough, nowcastsEnd } = await readBack(log, codec, {
      ...OPTIONS,
      partitions,
      committedEnds: [high - 6],
    });
    expect([...tail.keys()].sort()).toEqual(['Z1', 'Z5']);
    expect(nowcastsEnd).toBe(high);
    expect(Object.fromEntries(emittedThrough)).toEqual({
      'demand.observed/0': high - 4,
      'demand.observed/1': high - 3,
      'demand.observed/2': high - 2,
      'demand.observed/3': high - 1,
    });
  });

  it('goes by the newest nowcast where nothing was committed', async () => {
    const log = await logOf(DAYS);
    const { tail } = await readBack(log, codec, { ...OPTIONS, asOfMs: null });
    expect(tail.get('Z0')?.at(-1)?.originMs).toBeLessThanOrEqual(END_MS - 8 * DAY_MS);
    expect(await readBack(new MemoryLog(), codec, { ...OPTIONS, asOfMs: null })).toMatchObject({
      nowcastsEnd: 0,
    });
  });
});
