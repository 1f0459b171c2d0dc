import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ObservationPublisher } from '../../src/collect/publisher.js';
import { alertLimitsOf } from '../../src/config/alert-settings.js';
import { loadConfig } from '../../src/config/load-config.js';
import type { Accuracy } from '../../src/contracts/records.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/contracts/time.js';
import { ActiveModels } from '../../src/model/active-models.js';
import { trustedKeysFromPem } from '../../src/model/signature.js';
import { INPUT_TOPICS } from '../../src/nowcast/decode-input.js';
import { NowcastRunner } from '../../src/nowcast/runner.js';
import { createLogger } from '../../src/ops/logger.js';
import { openContext, type RoleContext } from '../../src/roles/context.js';
import type { InputRecord } from '../../src/sources/input-record.js';
import { readTopic } from '../integration/support/topic.js';
import { FAULTS, FROM_MS, PROFILE, simulatedRecords, ZONE } from '../train/simulated.js';

/** Longer than any window and the longest horizon together, so that some of it need not be read back. */
const KILLED_MS = FROM_MS + 8 * DAY_MS + 12 * HOUR_MS + 7 * MINUTE_MS;
const END_MS = KILLED_MS + 6 * HOUR_MS;

interface Stream {
  readonly context: RoleContext;
  readonly play: (records: readonly InputRecord[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

describe('scores after a restart', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'nowcast-restart-'));
  const open: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const close of open) await close();
    rmSync(dir, { recursive: true });
  });

  async function start(dataDir: string): Promise<Stream> {
    const file = path.join(dir, 'config.json');
    const { timeZone, holidays } = PROFILE;
    // 10 minutes is not among the watched horizons: it is scored over a day.
    const zone = { zone: ZONE, stepMinutes: 5, timeZone, holidays, horizonsMinutes: [5, 10, 60, 1440] };
    writeFileSync(file, JSON.stringify({ zones: [zone] }));
    const config = loadConfig({ dataDir, config: file });
    const logger = createLogger({ level: 'silent', pretty: false });
    const context = await openContext({ config, logger, now: () => END_MS });
    const runner = new NowcastRunner({
      ...context,
      models: new ActiveModels(trustedKeysFromPem([])),
      scoring: { accuracy: config.accuracy, limitsOf: (name) => alertLimitsOf(config, name) },
      emitSinceMs: FROM_MS,
      onState: () => undefined,
      onFatal: (error) => {
        throw error;
      },
    });
    await runner.start();
    const publisher = new ObservationPublisher(context.log, context.codec);
    await publisher.restore({ sinceMs: 0 });
    const close = async (): Promise<void> => {
      open.splice(open.indexOf(close), 1);
      await runner.close();
      await context.close();
    };
    open.push(close);
    return {
      context,
      play: async (records) => {
        await runner.hold();
        await publisher.publish(records, { keepUnchanged: true });
        runner.release();
        const ends = await Promise.all(INPUT_TOPICS.map((topic) => context.log.watermarks(topic)));
        const targets = ends.flat().map(({ topic, partition, high }) => ({ topic, partition, offset: high }));
        await vi.waitFor(() => expect(runner.hasReached(targets)).toBe(true), { timeout: 60_000 });
      },
      close,
    };
  }

  const accuracyOf = ({ context }: Stream): Promise<Accuracy[]> =>
    readTopic(context.log, context.codec, 'accuracy');
  const rounded = (rows: readonly Accuracy[]) =>
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          // What was added and taken away in another order differs in the last digits.
          typeof value === 'number' ? Number(value.toPrecision(10)) : (value as unknown),
        ]),
      ),
    );

  it('are those of a stream that was never killed: 1 h, 24 h and 7 d, skill included', async () => {
    const records = simulatedRecords((END_MS - FROM_MS) / DAY_MS, FAULTS);
    const before = records.filter(({ availableAtMs }) => availableAtMs <= KILLED_MS);
    const after = records.filter(({ availableAtMs }) => availableAtMs > KILLED_MS);
    const whole = await start(path.join(dir, 'whole'));
    await whole.play(before);
    // What a process leaves on the disk that is killed now.
    cpSync(path.join(dir, 'whole'), path.join(dir, 'killed'), { recursive: true });
    const published = (await accuracyOf(whole)).length;
    await whole.play(after);
    const expected = (await accuracyOf(whole)).slice(published);
    await whole.close();

    const killed = await start(path.join(dir, 'killed'));
    await killed.play(after);
    const found = (await accuracyOf(killed)).slice(published);
    await killed.close();
    expect(rounded(found)).toEqual(rounded(expected));
    const week = expected.filter(({ window, horizonMinutes }) => window === '7d' && horizonMinutes === 1440);
    expect(week).toHaveLength(6);
    for (const { n, skill } of week) {
      expect(n).toBeGreaterThan(1900);
      expect(skill).not.toBeNull();
    }
    expect(expected.some(({ horizonMinutes }) => horizonMinutes === 10)).toBe(true);
  });
});
