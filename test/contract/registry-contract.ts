import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditEntry, ModelRecord } from '../../src/contracts/records.js';
import type { EventLog } from '../../src/log/event-log.js';
import { readDecoded } from '../../src/log/read-decoded.js';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { ActiveModels, type ModelChange } from '../../src/model/active-models.js';
import { ModelRegistry } from '../../src/model/registry.js';
import { ModelFollower } from '../../src/nowcast/model-follower.js';
import { AuditTrail } from '../../src/ops/audit.js';
import { changesAtOnce } from './registry-changes-at-once.js';
import { appendModels, sampleModel, stranger, trusted } from '../model/sample-models.js';

/** Changes take effect in running consumers within two seconds; a busy machine is given longer. */
const WITHIN_MS = { timeout: 15_000, interval: 5 };
const OPERATOR = { name: 'test:operator' };

export interface RegistryBench {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  close(): Promise<void>;
}

/** A consumer as the stream role has it. */
class Consumer {
  readonly models = new ActiveModels(trusted);
  readonly changes: ModelChange[] = [];
  private readonly follower: ModelFollower;

  constructor({ log, codec }: RegistryBench) {
    this.follower = new ModelFollower({
      log,
      codec,
      models: this.models,
      onChange: (change) => this.changes.push(change),
      onUndecodable: () => undefined,
      onError: () => undefined,
    });
  }

  static async start(bench: RegistryBench): Promise<Consumer> {
    const consumer = new Consumer(bench);
    await consumer.follower.start();
    return consumer;
  }

  serving(zone: string): string | null {
    return this.models.forZone(zone)?.manifest.version ?? null;
  }

  async close(): Promise<void> {
    await this.follower.close();
    await this.models.close();
  }
}

/** What must hold of the registry whatever the log is. `open` gives each test an empty log. */
export function registryContract(open: () => Promise<RegistryBench>): void {
  describe('model registry', () => {
    let bench: RegistryBench;
    let registry: ModelRegistry;
    let zone: string;
    let count = 0;
    const consumers: Consumer[] = [];

    beforeEach(async () => {
      bench = await open();
      count += 1;
      zone = `Z${String(count)}`;
      const { log, codec } = bench;
      const audit = new AuditTrail(log, codec, Date.now);
      registry = new ModelRegistry({ log, codec, audit, now: Date.now, trusted: () => trusted });
    });
    afterEach(async () => {
      for (const consumer of consumers.splice(0)) await consumer.close();
      await bench.close();
    });

    const model = (name: string, more: Partial<Parameters<typeof sampleModel>[0]> = {}): ModelRecord =>
      sampleModel({ version: `${zone}-${name}`, zones: [zone], ...more });
    const append = (...records: ModelRecord[]): Promise<void> =>
      appendModels(bench.log, bench.codec, ...records);
    const start = async (): Promise<Consumer> => {
      const consumer = await Consumer.start(bench);
      consumers.push(consumer);
      return consumer;
    };
    const audited = async (): Promise<AuditEntry[]> => {
      const entries: AuditEntry[] = [];
      for await (const batch of readDecoded(bench.log, bench.codec, 'audit')) {
        for (const { decoded } of batch) if (decoded.ok) entries.push(decoded.value);
      }
      return entries.filter(({ target }) => target.startsWith(zone));
    };
    /** Without the entries that only say that a change began. */
    const ended = async (): Promise<AuditEntry[]> =>
      (await audited()).filter(({ outcome }) => outcome !== 'begun');
    const statusOf = async (version: string): Promise<string | undefined> => {
      let status: string | undefined;
      for await (const batch of readDecoded(bench.log, bench.codec, 'models')) {
        for (const { key, decoded } of batch)
          if (key === version && decoded.ok) status = decoded.value.status;
      }
      return status;
    };

    it('promotes: running consumers swap within two seconds, and it is audited', async () => {
      await append(model('a'), model('b', { status: 'rejected' }));
      const consumer = await start();
      expect(consumer.serving(zone)).toBe(`${zone}-a`);
      const swap = await registry.promote(`${zone}-b`, OPERATOR, { only: zone, reason: 'looks better' });
      await vi.waitFor(() => expect(consumer.serving(zone)).toBe(`${zone}-b`), WITHIN_MS);
      expect(swap).toEqual({
        version: `${zone}-b`,
        zones: [zone],
        replaced: { [zone]: `${zone}-a` },
        retired: null,
        changed: true,
      });
      expect(await ended()).toMatchObject([
        {
          actor: 'test:operator',
          action: 'models.promote',
          target: `${zone}-b`,
          outcome: 'ok',
          details: { reason: 'looks better', replaced: `${zone}: ${zone}-a` },
        },
      ]);
      expect(await registry.promote(`${zone}-b`, OPERATOR)).toMatchObject({ changed: false });
    });

    it('rolls back to the version before without a moment without a model, and retires the bad one', async () => {
      await append(model('a'), model('b'), model('bad'));
      const consumer = await start();
      expect(consumer.serving(zone)).toBe(`${zone}-bad`);
      const swap = await registry.rollback(zone, OPERATOR, { reason: 'goes wrong' });
      await vi.waitFor(() => expect(consumer.serving(zone)).toBe(`${zone}-b`), WITHIN_MS);
      expect(swap).toMatchObject({ version: `${zone}-b`, retired: `${zone}-bad` });
      expect(await statusOf(`${zone}-bad`)).toBe('retired');
      expect(consumer.changes.map(({ outcome }) => outcome)).not.toContain('deactivated');
      // Once more goes one further back, and never to what was retired.
      await registry.rollback(zone, OPERATOR);
      await vi.waitFor(() => expect(consumer.serving(zone)).toBe(`${zone}-a`), WITHIN_MS);
      await expect(registry.rollback(zone, OPERATOR)).rejects.toThrowError(/no version served .* before/);
      expect((await start()).serving(zone)).toBe(`${zone}-a`);
    });

    it('rolls back to a version that is named', async () => {
      await append(model('a'), model('b'), model('bad'));
      const consumer = await start();
      await registry.rollback(zone, OPERATOR, { to: `${zone}-a` });
      await vi.waitFor(() => expect(consumer.serving(zone)).toBe(`${zone}-a`), WITHIN_MS);
    });

    it('passes over versions before that cannot be used any more', async () => {
      await append(model('a'), model('broken', { signer: stranger }), model('bad'));
      expect(await registry.rollback(zone, OPERATOR)).toMatchObject({ version: `${zone}-a` });
    });

    it.each<[string, Partial<Parameters<typeof sampleModel>[0]>, RegExp]>([
      ['signed by a stranger', { signer: stranger }, /signed by key [0-9a-f]{16}, which is not trusted here/],
      [
        'made for other features',
        { changes: { featureHash: 'e'.repeat(64) } },
        /train again with this version/,
      ],
      ['that is no model', { artifact: Buffer.from('nonsense') }, /ONNX Runtime cannot load it/],
    ])('does not promote one %s: the one before goes on, the audit says why', async (_, changes, message) => {
      await append(model('a'), model('x', { status: 'rejected', ...changes }));
      const consumer = await start();
      await expect(registry.promote(`${zone}-x`, OPERATOR)).rejects.toThrowError(message);
      expect(await statusOf(`${zone}-x`)).toBe('rejected');
      expect(consumer.serving(zone)).toBe(`${zone}-a`);
      const [entry] = await ended();
      expect(entry).toMatchObject({ outcome: 'failed', action: 'models.promote' });
      expect(entry?.details['error']).toMatch(message);
    });

    it('says what is wrong with a request', async () => {
      await append(model('a'));
      await expect(registry.promote(`${zone}-none`, OPERATOR)).rejects.toThrowError(
        /no model version "Z\d+-none"/,
      );
      await expect(registry.promote(`${zone}-a`, OPERATOR, { only: 'Q' })).rejects.toThrowError(
        /is of Z\d+, not of Q/,
      );
      await expect(registry.rollback(`${zone}-nowhere`, OPERATOR)).rejects.toThrowError(
        /has no model that serves/,
      );
      await expect(registry.rollback(zone, OPERATOR, { to: `${zone}-a` })).rejects.toThrowError(
        /served by .* already/,
      );
      expect((await ended()).map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed', 'failed']);
    });

    it('goes by the order of the log: a clock that is behind, or the same millisecond, changes nothing', async () => {
      const nowMs = Date.now();
      await append(model('a', { atMs: nowMs + 3_600_000 }), model('b', { status: 'rejected', atMs: nowMs }));
      const consumer = await start();
      await registry.promote(`${zone}-b`, OPERATOR);
      await vi.waitFor(() => expect(consumer.serving(zone)).toBe(`${zone}-b`), WITHIN_MS);
      await append(model('c', { atMs: nowMs }), model('d', { atMs: nowMs }));
      await vi.waitFor(() => expect(consumer.serving(zone)).toBe(`${zone}-d`), WITHIN_MS);
      expect((await start()).serving(zone)).toBe(`${zone}-d`);
    });

    it('comes out the same everywhere when two promotions are made at once', async () => {
      await append(model('a'), model('b', { status: 'candidate' }), model('c', { status: 'candidate' }));
      const running = [await start(), await start()];
      await Promise.all([
        registry.promote(`${zone}-b`, OPERATOR),
        registry.promote(`${zone}-c`, { name: 'test:another' }),
      ]);
      const fresh = (await start()).serving(zone);
      expect([`${zone}-b`, `${zone}-c`]).toContain(fresh);
      for (const consumer of running)
        await vi.waitFor(() => expect(consumer.serving(zone)).toBe(fresh), WITHIN_MS);
    });

    changesAtOnce({
      bench: () => bench,
      zone: () => zone,
      model,
      append,
      serving: start,
      audited,
      statusOf,
    });

    it('serves what was superseded when the serving version is withdrawn, now and after a restart', async () => {
      await append(model('a'), model('refused', { signer: stranger }), model('b'));
      const consumer = await start();
      await append(model('b', { status: 'retired' }));
      await vi.waitFor(() => expect(consumer.serving(zone)).toBe(`${zone}-a`), WITHIN_MS);
      expect((await start()).serving(zone)).toBe(`${zone}-a`);
      // The only one left is withdrawn: the zone has none, and its baseline serves.
      await append(model('a', { status: 'retired' }));
      await vi.waitFor(() => expect(consumer.serving(zone)).toBeNull(), WITHIN_MS);
      expect((await start()).serving(zone)).toBeNull();
    });

    it('brings a consumer that was away to where the others are, and compaction changes nothing', async () => {
      await append(model('a'), model('b'));
      const away = await start();
      await away.close();
      await registry.rollback(zone, OPERATOR);
      await registry.promote(`${zone}-b`, OPERATOR);
      await registry.rollback(zone, OPERATOR);
      expect((await start()).serving(zone)).toBe(`${zone}-a`);
      await bench.log.maintain(Date.now() + 10 * 86_400_000);
      expect((await start()).serving(zone)).toBe(`${zone}-a`);
    });

    it('keeps a version that serves other zones as well when one of them is rolled back', async () => {
      const both: [string, string] = [zone, `${zone}-other`];
      await append(model('a'), model('both', { zones: both }));
      const consumer = await start();
      expect(await registry.rollback(zone, OPERATOR)).toMatchObject({ version: `${zone}-a`, retired: null });
      await vi.waitFor(() => expect(consumer.serving(zone)).toBe(`${zone}-a`), WITHIN_MS);
      expect(consumer.serving(`${zone}-other`)).toBe(`${zone}-both`);
      const fresh = await start();
      expect([fresh.serving(zone), fresh.serving(`${zone}-other`)]).toEqual([`${zone}-a`, `${zone}-both`]);
    });

    it('verifies a version, its judge twin included', async () => {
      const spoilt = model('spoilt');
      await append(model('a'), { ...spoilt, twin: { artifact: Buffer.from('x').toString('base64') } });
      expect(await registry.verify(`${zone}-a`, OPERATOR)).toEqual([{ version: `${zone}-a`, problem: null }]);
      const [check] = await registry.verify(`${zone}-spoilt`, OPERATOR);
      expect(check?.problem).toMatch(/the twin has 1 bytes/);
      await expect(registry.verify(`${zone}-none`, OPERATOR)).rejects.toThrowError(/no model version/);
    });
  });
}
