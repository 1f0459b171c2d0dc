import { expect, it, vi } from 'vitest';
import type { AuditEntry, ModelRecord } from '../../src/contracts/records.js';
import { ChangeLine } from '../../src/model/change-line.js';
import { ModelRegistry } from '../../src/model/registry.js';
import { AuditTrail } from '../../src/ops/audit.js';
import { trusted, type SampleModel } from '../model/sample-models.js';
import type { RegistryBench } from './registry-contract.js';

const WITHIN_MS = { timeout: 2000, interval: 5 };
const OPERATOR = { name: 'test:operator' };

/** What a test of the registry contract has, of its own zone. */
export interface RegistryScope {
  readonly bench: () => RegistryBench;
  readonly zone: () => string;
  readonly model: (name: string, more?: Partial<SampleModel>) => ModelRecord;
  readonly append: (...records: ModelRecord[]) => Promise<void>;
  /** Starts a consumer. */
  readonly serving: () => Promise<{ serving(zone: string): string | null }>;
  readonly audited: () => Promise<AuditEntry[]>;
  readonly statusOf: (version: string) => Promise<string | undefined>;
}

/** Changes by several registries at the same time, as of the API of one process and the command line of another. */
export function changesAtOnce({
  bench,
  zone,
  model,
  append,
  serving,
  audited,
  statusOf,
}: RegistryScope): void {
  const ended = async (): Promise<AuditEntry[]> =>
    (await audited()).filter(({ outcome }) => outcome !== 'begun');
  const another = (more: { readonly patienceMs?: number } = {}): ModelRegistry => {
    const { log, codec } = bench();
    const audit = new AuditTrail(log, codec, Date.now);
    return new ModelRegistry({ log, codec, audit, now: Date.now, trusted: () => trusted, ...more });
  };

  it('makes two rollbacks at once one after the other: each builds on what the one before left', async () => {
    await append(model('a'), model('b'), model('bad'));
    const consumer = await serving();
    const swaps = await Promise.all([
      another().rollback(zone(), OPERATOR),
      another().rollback(zone(), { name: 'test:another' }),
    ]);
    const chain = swaps.map(({ version, retired, replaced }) => [replaced[zone()], retired, version]);
    expect(chain.sort()).toEqual([
      [`${zone()}-b`, `${zone()}-b`, `${zone()}-a`],
      [`${zone()}-bad`, `${zone()}-bad`, `${zone()}-b`],
    ]);
    await vi.waitFor(() => expect(consumer.serving(zone())).toBe(`${zone()}-a`), WITHIN_MS);
    expect(await Promise.all(['a', 'b', 'bad'].map((name) => statusOf(`${zone()}-${name}`)))).toEqual([
      'promoted',
      'retired',
      'retired',
    ]);
    const entries = await audited();
    const begun = entries.filter(({ outcome }) => outcome === 'begun').map(({ actor }) => actor);
    const done = entries.filter(({ outcome }) => outcome === 'ok');
    expect(done.map(({ actor }) => actor)).toEqual(begun);
    expect(done.map(({ details }) => details['replaced'])).toEqual([
      `${zone()}: ${zone()}-bad`,
      `${zone()}: ${zone()}-b`,
    ]);
  });

  it('makes any changes at once as one sequence, which the audit tells', async () => {
    await append(model('a'), model('b'), model('c', { status: 'candidate' }), model('d'));
    const consumer = await serving();
    await Promise.allSettled([
      another().promote(`${zone()}-c`, OPERATOR),
      another().rollback(zone(), OPERATOR),
      another().promote(`${zone()}-a`, OPERATOR),
      another().rollback(zone(), OPERATOR),
    ]);
    let now = `${zone()}-d`;
    const done = (await ended()).filter(({ outcome }) => outcome === 'ok');
    expect(done.length).toBeGreaterThanOrEqual(3);
    for (const { details } of done) {
      expect(details['replaced']).toBe(`${zone()}: ${now}`);
      now = details['version'] ?? '';
    }
    await vi.waitFor(() => expect(consumer.serving(zone())).toBe(now), WITHIN_MS);
    expect((await serving()).serving(zone())).toBe(now);
  });

  it('goes on after a change that a process left undone, and closes it in the audit', async () => {
    await append(model('a'), model('b'));
    const trail = new AuditTrail(bench().log, bench().codec, Date.now);
    await trail.write({ name: 'test:crashed' }, 'models.rollback', zone(), 'begun', { operation: 'left' });
    expect(await another({ patienceMs: 100 }).rollback(zone(), OPERATOR)).toMatchObject({
      version: `${zone()}-a`,
    });
    const [closed, done] = await ended();
    expect(closed).toMatchObject({
      actor: 'test:crashed',
      outcome: 'failed',
      details: { operation: 'left' },
    });
    expect(done).toMatchObject({ actor: 'test:operator', outcome: 'ok' });
  });

  it('takes the turn of a change that does not end, and that one notices before it changes anything', async () => {
    const { log, codec } = bench();
    const audit = new AuditTrail(log, codec, Date.now);
    const slow = await new ChangeLine({ log, codec, audit }).enter(OPERATOR, 'models.promote', zone());
    await slow.confirm();
    const impatient = new ChangeLine({ log, codec, audit, patienceMs: 50 });
    const next = await impatient.enter({ name: 'test:another' }, 'models.promote', zone());
    await expect(slow.confirm()).rejects.toThrowError(/lost its turn to another change: nothing was changed/);
    await next.confirm();
    await audit.write({ name: 'test:another' }, 'models.promote', zone(), 'ok', next.details);
  });
}
