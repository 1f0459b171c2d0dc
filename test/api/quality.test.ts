import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import type { ZoneConfig } from '../../src/config/types.js';
import type { QualityBody } from '../../src/contracts/generated/rest-quality.js';
import type { DemandObservation, QualityEvent } from '../../src/contracts/records.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, toIso } from '../../src/contracts/time.js';
import { createLogger } from '../../src/ops/logger.js';
import { openContext, type RoleContext } from '../../src/roles/context.js';
import { startServeRole, type ServeRole } from '../../src/roles/serve-role.js';
import { startStreamRole, type StreamRole } from '../../src/roles/stream-role.js';
import { readTopic } from '../integration/support/topic.js';
import { isValid } from './api-fixture.js';

const ZONE = 'NORTH';
const NORTH: ZoneConfig = {
  zone: ZONE,
  name: 'North',
  timeZone: 'UTC',
  stepMinutes: 30,
  holidays: '',
  horizonsMinutes: [30, 60],
};
const START_MS = Date.UTC(2024, 0, 1);
/** The last day is not over. */
const DAYS = 4;
const END_MS = START_MS + (DAYS - 0.25) * DAY_MS;
const SILENT_FROM_MS = START_MS + DAY_MS + 6 * HOUR_MS;
const SILENT_STEPS = 8;
/** Steps from the start on whose value is below zero. */
const NEGATIVE = [20, 58, 70, 110];
const REPEATED = 115;

let dir: string;
let context: RoleContext;
let stream: StreamRole;
let serve: ServeRole;
let events: QualityEvent[];

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-quality-'));
  const config = { ...loadConfig({ dataDir: dir, port: 0 }), zones: [NORTH] };
  const logger = createLogger({ level: 'silent', pretty: false });
  context = await openContext({ config, logger, now: () => END_MS });
  const fail = (error: unknown): never => {
    throw error;
  };
  stream = await startStreamRole(context, { live: false, onFatal: fail });
  serve = await startServeRole(context, { roles: ['stream', 'serve'], startedAtMs: START_MS });
  const { log, codec } = context;
  const records = demand().map((value) => ({
    key: ZONE,
    value: codec.encode('demand.observed', value),
    timestampMs: Date.parse(value.availableAt),
  }));
  await log.append('demand.observed', records);
  const ends = (await log.watermarks('demand.observed')).map(({ high, ...end }) => ({
    ...end,
    offset: high,
  }));
  await vi.waitUntil(() => stream.hasNowcast(ends), { timeout: 30_000 });
  events = await readTopic(log, codec, 'quality.events');
});
afterAll(async () => {
  await serve.close();
  await stream.close();
  await context.close();
  rmSync(dir, { recursive: true, force: true });
});

/** A day and a night with some noise; some values below zero, one said twice, and hours without any. */
function demand(): DemandObservation[] {
  const steps = Math.round((END_MS - START_MS) / (30 * MINUTE_MS));
  const all = Array.from({ length: steps }, (_, i): DemandObservation => {
    const validTimeMs = START_MS + i * 30 * MINUTE_MS;
    const wave = 1000 + 150 * Math.sin((2 * Math.PI * i) / 48) + ((i * 7919) % 13);
    return {
      zone: ZONE,
      kind: 'actual',
      validTime: toIso(validTimeMs),
      stepMinutes: 30,
      demandMw: NEGATIVE.includes(i) ? -5 : wave,
      availableAt: toIso(validTimeMs + 35 * MINUTE_MS),
      source: 'test',
      revision: 0,
    };
  });
  const until = SILENT_FROM_MS + SILENT_STEPS * 30 * MINUTE_MS;
  return all
    .flatMap((one, i) => (i === REPEATED ? [one, one] : [one]))
    .filter(({ validTime }) => Date.parse(validTime) < SILENT_FROM_MS || Date.parse(validTime) >= until);
}

async function summaries(query = ''): Promise<QualityBody['summaries']> {
  const response = await fetch(`http://127.0.0.1:${serve.port}/v1/quality${query}`);
  expect(response.status).toBe(200);
  const body = (await response.json()) as QualityBody;
  isValid('rest-quality', body);
  return body.summaries;
}

/** Each closed day as the events of the stream have it. */
function byRuleOf(day: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { rule, validTime } of events)
    if (validTime.startsWith(day)) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
}

describe('GET /v1/quality', () => {
  it('has what the stream found, rule by rule, in a summary of each day that is over', async () => {
    await vi.waitFor(async () => expect(await summaries()).toHaveLength(DAYS - 1), 10_000);
    const days = await summaries();
    expect(days.map(({ day }) => day)).toEqual(['2024-01-03', '2024-01-02', '2024-01-01']);
    for (const { zone, day, byRule } of days) {
      expect(zone).toBe(ZONE);
      expect(byRule, day).toEqual(byRuleOf(day));
    }
    expect(days.map(({ byRule }) => byRule['non_positive'])).toEqual([1, 2, 1]);
    expect(days.map(({ byRule }) => byRule['duplicate'] ?? 0)).toEqual([1, 0, 0]);
  });

  it('counts the intervals that came, and the silence', async () => {
    const [third, second, first] = await summaries();
    expect(first).toMatchObject({ intervals: { expected: 48, present: 48, missing: 0 }, gaps: { count: 0 } });
    expect(second).toMatchObject({
      from: '2024-01-02T00:00:00.000Z',
      until: '2024-01-03T00:00:00.000Z',
      intervals: { expected: 48, present: 48 - SILENT_STEPS, missing: SILENT_STEPS },
      completenessPercent: 83.333,
      values: { total: 48 - SILENT_STEPS, quarantined: 2 },
      quarantinedPercent: 5,
      gaps: { count: 1, longestMinutes: SILENT_STEPS * 30 },
    });
    expect(third).toMatchObject({ values: { total: 49, quarantined: 1 } });
  });

  it('gives so many days, of one zone', async () => {
    expect((await summaries('?days=1')).map(({ day }) => day)).toEqual(['2024-01-03']);
    expect(await summaries(`?zone=${ZONE}&days=2`)).toHaveLength(2);
    const unknown = await fetch(`http://127.0.0.1:${serve.port}/v1/quality?zone=Atlantis`);
    expect(unknown.status).toBe(404);
  });

  it('agrees with what /v1/status counts', async () => {
    const response = await fetch(`http://127.0.0.1:${serve.port}/v1/status`);
    const status = JSON.stringify(await response.json());
    const total = events.filter(({ rule }) => rule === 'non_positive').length;
    expect(total).toBe(NEGATIVE.length);
    expect(status).toContain(`"non_positive":${String(total)}`);
  });
});
