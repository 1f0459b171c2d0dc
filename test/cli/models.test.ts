import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { modelsCommand } from '../../src/cli/models.js';
import { explainUsage } from '../../src/cli/usage-errors.js';
import { loadConfig } from '../../src/config/load-config.js';
import type { AuditEntry } from '../../src/contracts/records.js';
import { createLogger } from '../../src/ops/logger.js';
import { openContext } from '../../src/roles/context.js';
import { readTopic, withEmbedded } from '../integration/support/topic.js';
import { appendModels, sampleModel, signer, stranger } from '../model/sample-models.js';

/** The commands as a user gives them, in this process; each opens the log, does its work and closes it. */
describe('nowcast models', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'nowcast-models-'));

  beforeAll(async () => {
    vi.stubEnv('NOWCAST_MODEL_PUBLIC_KEYS', signer.publicKeyPem);
    const logger = createLogger({ level: 'silent', pretty: false });
    const context = await openContext({ config: loadConfig({ dataDir: dir }), logger });
    await appendModels(
      context.log,
      context.codec,
      sampleModel({ version: 'm1' }),
      sampleModel({ version: 'm2' }),
      sampleModel({ version: 'm3', status: 'rejected' }),
      sampleModel({ version: 'forged', status: 'rejected', signer: stranger }),
    );
    await context.close();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(dir, { recursive: true });
  });

  async function models(...args: string[]): Promise<string> {
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    const command = modelsCommand();
    for (const one of [command, ...command.commands]) explainUsage(one);
    try {
      await command.parseAsync([...args, '--data-dir', dir], { from: 'user' });
    } finally {
      vi.restoreAllMocks();
    }
    return written.join('');
  }

  const lastAudit = async (): Promise<AuditEntry | undefined> =>
    (await withEmbedded(dir, (log, codec) => readTopic(log, codec, 'audit'))).at(-1);
  const statuses = async (): Promise<Record<string, string>> => {
    const listed = JSON.parse(await models('list', '--json')) as { version: string; status: string }[];
    return Object.fromEntries(listed.map(({ version, status }) => [version, status]));
  };

  it('promote makes a version serve, says what served before, and is audited with the reason', async () => {
    expect(await models('promote', 'm3', '--reason', 'looks better')).toBe(
      'm3 serves Z now (before: Z: m2)\n',
    );
    expect((await statuses())['m3']).toBe('promoted');
    const entry = await lastAudit();
    expect(entry).toMatchObject({ action: 'models.promote', target: 'm3', outcome: 'ok' });
    expect(entry?.actor).toMatch(/^cli:.+/);
    expect(entry?.details).toMatchObject({ reason: 'looks better', replaced: 'Z: m2' });
    expect(await models('promote', 'm3', '--zone', 'Z')).toBe('m3 serves Z already; nothing was changed\n');
  });

  it('rollback restores the one before and retires the bad one; --to names another; --json tells all', async () => {
    expect(await models('rollback', 'Z', '--reason', 'drift')).toBe(
      'm2 serves Z now (before: Z: m3)\nm3 is retired\n',
    );
    const swap: unknown = JSON.parse(await models('rollback', 'Z', '--to', 'm1', '--json'));
    expect(swap).toEqual({
      version: 'm1',
      zones: ['Z'],
      replaced: { Z: 'm2' },
      retired: 'm2',
      changed: true,
    });
    expect(await statuses()).toMatchObject({ m1: 'promoted', m2: 'retired', m3: 'retired' });
  });

  it('verify names what would be refused, and fails then', async () => {
    expect(await models('verify', 'm1')).toBe('m1: ok\n');
    expect(JSON.parse(await models('verify', 'm1', '--json'))).toEqual([{ version: 'm1', problem: null }]);
    await expect(models('verify')).rejects.toThrowError(/^1 of 4 versions would be refused$/);
    expect(await lastAudit()).toMatchObject({ action: 'models.verify', target: 'all', outcome: 'ok' });
  });

  it('export writes the verified version as files', async () => {
    const to = path.join(dir, 'out', 'm1');
    const files = (await models('export', 'm1', to)).trim().split('\n');
    expect(files.map((file) => path.relative(to, file)).sort()).toEqual([
      'manifest.json',
      'model.onnx',
      'signature.json',
      'twin.onnx',
    ]);
    const manifest = JSON.parse(readFileSync(path.join(to, 'manifest.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(manifest).toMatchObject({
      version: 'm1',
      artifactBytes: readFileSync(path.join(to, 'model.onnx')).length,
    });
    await expect(models('export', 'forged', to)).rejects.toThrowError(/not trusted here/);
    expect(await lastAudit()).toMatchObject({ action: 'models.export', target: 'forged', outcome: 'failed' });
  });

  it.each<[string[], RegExp]>([
    [['promote', 'm9'], /^no model version "m9"; see `nowcast models list`/],
    [['promote', 'm1', '--zone', 'Q'], /^model m1 is of Z, not of Q$/],
    [['promote', 'forged'], /not trusted here/],
    [['rollback', 'Q'], /^zone Q has no model that serves/],
    [['rollback', 'Z', '--to', 'm1'], /^zone Z is served by m1 already$/],
    [['verify', 'm9'], /^no model version "m9"/],
    [['export', 'm9', '/nowhere'], /^no model version "m9"/],
  ])('refuses %j, changes nothing and says so in the audit', async (args, message) => {
    const before = await statuses();
    await expect(models(...args)).rejects.toThrowError(message);
    expect(await lastAudit()).toMatchObject({ action: `models.${args[0] ?? ''}`, outcome: 'failed' });
    expect(await statuses()).toEqual(before);
  });
});
