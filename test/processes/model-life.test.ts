import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ObservationPublisher } from '../../src/collect/publisher.js';
import { loadConfig } from '../../src/config/load-config.js';
import type { Nowcast } from '../../src/contracts/records.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, toIso } from '../../src/contracts/time.js';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { openModelSigner, openTrainerKeys } from '../../src/model/signing-keys.js';
import { INPUT_TOPICS } from '../../src/nowcast/decode-input.js';
import { createLogger } from '../../src/ops/logger.js';
import { openContext, type RoleContext } from '../../src/roles/context.js';
import { openRegistry } from '../../src/roles/open-registry.js';
import { startStreamRole, type StreamRole } from '../../src/roles/stream-role.js';
import { startTrainRole } from '../../src/roles/train-role.js';
import type { InputRecord } from '../../src/sources/input-record.js';
import { trainZones, type TrainZonesOptions, type ZoneTrainingOutcome } from '../../src/train/trainer.js';
import { FROM_MS, PROFILE, QUICK, simulatedRecords, ZONE } from '../train/simulated.js';
import { readTopic } from '../integration/support/topic.js';

const LIVE_MS = FROM_MS + 14 * DAY_MS;
const CHALLENGED_MS = LIVE_MS + DAY_MS;
/** By then a few days of the second model's errors are known, as a detector needs. */
const REGIME_MS = LIVE_MS + 5 * DAY_MS;
const END_MS = REGIME_MS + DAY_MS;
const STEP_MS = 5 * MINUTE_MS;
const SWAP_WITHIN_MS = 2_000;
/** Of a swing that no model has seen: errors several times as large, and no step that a quality check would refuse. */
const SWING = { share: 0.06, periodMs: 2 * HOUR_MS };

function changedRegime(record: InputRecord): InputRecord {
  if (record.topic !== 'demand.observed') return record;
  const sinceMs = Date.parse(record.value.validTime) - REGIME_MS;
  if (sinceMs < 0) return record;
  const factor = 1 + SWING.share * Math.sin((2 * Math.PI * sinceMs) / SWING.periodMs);
  return { ...record, value: { ...record.value, demandMw: record.value.demandMw * factor } };
}

/** What a trainer reads whose demand was corrupted until a day before its end: halves and doubles, hour by hour. */
function corrupting(codec: SchemaCodec): SchemaCodec {
  const decode: SchemaCodec['decode'] = (topic, bytes) => {
    const decoded = codec.decode(topic, bytes);
    if (topic !== 'demand.observed' || !decoded.ok) return decoded;
    const value = decoded.value as typeof decoded.value & { validTime: string; demandMw: number };
    const atMs = Date.parse(value.validTime);
    if (atMs >= CHALLENGED_MS - DAY_MS) return decoded;
    const isOdd = Math.floor(atMs / HOUR_MS) % 2 === 1;
    return { ...decoded, value: { ...value, demandMw: value.demandMw * (isOdd ? 2 : 0.5) } };
  };
  return new Proxy(codec, {
    get: (target, name) => {
      if (name === 'decode') return decode;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

/** One story in the order of its steps; each builds on what the one before left. */
describe('the life of a model', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'nowcast-model-life-'));
  const records = simulatedRecords((END_MS + DAY_MS - FROM_MS) / DAY_MS).map(changedRegime);
  const errors: unknown[] = [];
  let nowMs = LIVE_MS;
  let context: RoleContext;
  let stream: StreamRole;
  let publisher: ObservationPublisher;
  let playedUntilMs = Number.NEGATIVE_INFINITY;
  let champion = '';
  let better = '';

  beforeAll(async () => {
    const file = path.join(dir, 'config.json');
    const { timeZone, holidays, horizonsMinutes } = PROFILE;
    const zone = { zone: ZONE, stepMinutes: 5, timeZone, holidays, horizonsMinutes };
    // Nothing is trained but what is asked for.
    const training = { daily: null, weekly: null };
    writeFileSync(file, JSON.stringify({ zones: [zone], training }));
    const config = loadConfig({ dataDir: path.join(dir, 'data'), config: file });
    const logger = createLogger({ level: 'silent', pretty: false });
    context = await openContext({ config, logger, now: () => nowMs });
    publisher = new ObservationPublisher(context.log, context.codec);
    stream = await startStreamRole(context, {
      live: false,
      emitSinceMs: LIVE_MS,
      onFatal: (error) => errors.push(error),
    });
  });
  afterAll(async () => {
    await stream.close();
    await context.close();
    rmSync(dir, { recursive: true });
  });

  async function endsOf(topics: readonly string[]) {
    const ends = await Promise.all(topics.map((topic) => context.log.watermarks(topic)));
    return ends.flat().map(({ topic, partition, high }) => ({ topic, partition, offset: high }));
  }

  /** Publishes what became known until then, and waits for its nowcasts. */
  async function playUntil(untilMs: number): Promise<void> {
    const due = records.filter(
      ({ availableAtMs }) => availableAtMs > playedUntilMs && availableAtMs <= untilMs,
    );
    await stream.hold();
    await publisher.publish(due);
    stream.release();
    playedUntilMs = nowMs = untilMs;
    const ends = await endsOf(INPUT_TOPICS);
    await vi.waitFor(() => expect(stream.hasNowcast(ends)).toBe(true), { timeout: 60_000 });
  }

  async function train(changes: Partial<TrainZonesOptions> = {}): Promise<ZoneTrainingOutcome> {
    const { log, codec, profiles, config } = context;
    const signer = openModelSigner(config);
    const trusted = openTrainerKeys(config, signer);
    const always = { log, codec, profiles, signer, trusted, kind: 'demand', zones: [ZONE], nowMs } as const;
    const [outcome] = await trainZones({ ...always, ...QUICK, ...changes });
    if (outcome === undefined) throw new Error('nothing was trained');
    return outcome;
  }

  /** What models issued; the baseline of each origin stands beside them. */
  async function nowcasts(): Promise<Nowcast[]> {
    const all = await readTopic(context.log, context.codec, 'nowcasts');
    return all.filter(({ modelVersion }) => !modelVersion.startsWith('baseline:'));
  }
  const serving = (): string | undefined => stream.activeVersions().get(ZONE);
  const swappedTo = (version: string): Promise<void> =>
    vi.waitFor(() => expect(serving()).toBe(version), { timeout: SWAP_WITHIN_MS, interval: 10 });

  it('a good champion goes live', async () => {
    await playUntil(LIVE_MS);
    const { model, status } = await train({ kind: 'initial' });
    expect([status, model?.status]).toEqual(['succeeded', 'promoted']);
    champion = model?.version ?? '';
    await swappedTo(champion);
    await playUntil(CHALLENGED_MS);
    expect((await nowcasts()).at(-1)?.modelVersion).toBe(champion);
  });

  it('a challenger trained on corrupted data is rejected with reasons, and the stream goes on', async () => {
    const { status, model } = await train({ codec: corrupting(context.codec) });
    expect([status, model?.status]).toEqual(['rejected', 'rejected']);
    const published = (await readTopic(context.log, context.codec, 'models')).at(-1);
    expect(published).toMatchObject({ version: model?.version, status: 'rejected' });
    expect(published?.manifest.gate.verdict).toBe('rejected');
    expect(published?.manifest.gate.champion).toBe(champion);
    expect(published?.statusReason).toMatch(/^gate: .*MAPE/);
    const models = await endsOf(['models']);
    await vi.waitFor(() => expect(stream.hasAppliedModels(models)).toBe(true), { timeout: 10_000 });
    await playUntil(CHALLENGED_MS + HOUR_MS);
    expect(serving()).toBe(champion);
    expect((await nowcasts()).at(-1)?.modelVersion).toBe(champion);
  });

  it('a better one is promoted and swapped in without a gap', async () => {
    const training = train({ gbdt: { trees: 40, leaves: 31 } });
    const progress = { isDone: false };
    const ended = training.finally(() => (progress.isDone = true));
    // Data goes on while it trains; at most a day of it, so that days are left for the new model.
    for (let hour = 0; hour < 24 && !progress.isDone; hour++) await playUntil(playedUntilMs + HOUR_MS);
    const { status, model } = await ended;
    expect([status, model?.manifest.gate.reasons]).toEqual(['succeeded', expect.anything()]);
    better = model?.version ?? '';
    await swappedTo(better);
    await playUntil(REGIME_MS);

    const first = (await nowcasts()).filter(({ revision }) => revision === 0);
    const origins = first.map(({ origin }) => Date.parse(origin)).sort((a, b) => a - b);
    const fromMs = origins[0] ?? 0;
    expect(origins).toEqual(origins.map((_, i) => fromMs + i * STEP_MS));
    expect((origins.at(-1) ?? 0) - fromMs).toBeGreaterThan(4.9 * DAY_MS);
    const versions = first.map(({ modelVersion }) => modelVersion);
    expect(versions.filter((version, i) => version !== versions[i - 1])).toEqual([champion, better]);
  });

  it('it goes bad: drift raises one alert and asks for a training, which runs', async () => {
    const { log, codec } = context;
    const ofDrift = async () => ({
      alerts: (await readTopic(log, codec, 'alerts')).filter(({ kind }) => kind === 'drift'),
      requests: await readTopic(log, codec, 'training.requests'),
    });
    expect(await ofDrift()).toEqual({ alerts: [], requests: [] });
    await playUntil(END_MS);
    const { alerts, requests } = await ofDrift();
    expect(alerts).toMatchObject([{ zone: ZONE, state: 'raised' }]);
    expect(Date.parse(alerts[0]?.at ?? '')).toBeGreaterThan(REGIME_MS);
    expect(alerts[0]?.message).toContain(better);
    expect(requests).toMatchObject([{ zones: [ZONE], kind: 'drift', requestedBy: 'drift' }]);
    expect(serving()).toBe(better);

    const trainer = await startTrainRole(context, (error) => errors.push(error));
    const asked = requests.map(({ id }) => id);
    const runs = await vi.waitFor(
      async () => {
        const all = await readTopic(log, codec, 'training.runs');
        const answers = all.filter(
          ({ requestIds, finishedAt }) => requestIds?.includes(asked[0] ?? '') && finishedAt !== null,
        );
        expect(answers.length).toBeGreaterThan(0);
        return answers;
      },
      { timeout: 60_000 },
    );
    await trainer.close();
    expect(runs).toMatchObject([
      { zone: ZONE, kind: 'drift', requestedBy: 'drift', requestIds: asked, error: null },
    ]);
    expect(['succeeded', 'rejected']).toContain(runs[0]?.status);
  });

  it('rollback restores the one before within two seconds, and the next nowcast is its own', async () => {
    const models = await endsOf(['models']);
    await vi.waitFor(() => expect(stream.hasAppliedModels(models)).toBe(true), { timeout: 10_000 });
    const bad = serving() ?? '';
    const before = bad === better ? champion : better;
    const { registry } = openRegistry(context);
    const swap = await registry.rollback(ZONE, { name: 'test' }, { reason: 'drift' });
    expect(swap).toMatchObject({ version: before, retired: bad, changed: true });
    await swappedTo(before);
    await playUntil(END_MS + HOUR_MS);
    const after = (await nowcasts()).filter(({ origin }) => origin > toIso(END_MS));
    expect(after.length).toBeGreaterThan(0);
    expect(new Set(after.map(({ modelVersion }) => modelVersion))).toEqual(new Set([before]));
    expect(errors).toEqual([]);
  });
});
