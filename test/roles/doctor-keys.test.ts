import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newApiKey } from '../../src/api/auth/keys/api-key.js';
import { addKey, revokeKeys } from '../../src/api/auth/keys/key-changes.js';
import { changeKeyFile } from '../../src/api/auth/keys/key-file.js';
import type { Scope } from '../../src/api/auth/scopes.js';
import { loadConfig } from '../../src/config/load-config.js';
import type { RuntimeConfig } from '../../src/config/types.js';
import { DAY_MS } from '../../src/contracts/time.js';
import { examineKeys } from '../../src/roles/doctor-keys.js';
import type { DoctorFinding } from '../../src/roles/doctor.js';

const NOW_MS = Date.UTC(2026, 0, 1);

describe('doctor about API keys', () => {
  let dir: string;
  let config: RuntimeConfig;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'nowcast-doctor-keys-'));
    config = loadConfig({ dataDir: dir });
    file = config.auth.keysFile;
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  const examine = (more: Partial<Pick<RuntimeConfig, 'admin'>> = {}): DoctorFinding =>
    examineKeys({ ...config, admin: {}, ...more }, NOW_MS);
  const add = (name: string, scopes: Scope[], expiresAtMs: number | null = null) =>
    changeKeyFile(file, (current) =>
      addKey(current, { name, scopes, expiresAtMs }, newApiKey(), NOW_MS - 2 * DAY_MS),
    );

  it('is content without any, and with valid ones', async () => {
    expect(examine()).toEqual({
      name: 'API keys',
      ok: true,
      detail: `none yet in ${file}; \`nowcast keys create\` makes one`,
    });
    await add('ops', ['admin']);
    await add('gone', ['read'], NOW_MS - DAY_MS);
    expect(examine()).toMatchObject({ ok: true, detail: `1 of 2 in ${file} are valid` });
  });

  it.each([0o604, 0o644])('names a file that everybody may read, mode %o', async (mode) => {
    await add('ops', ['admin']);
    chmodSync(file, mode);
    expect(examine()).toMatchObject({
      ok: false,
      detail: `key file ${file} may be read by everybody on this machine; chmod 600 it`,
    });
    chmodSync(file, 0o640);
    expect(examine().ok).toBe(true);
  });

  it('names a file that others may write, and one that is none', async () => {
    await add('ops', ['admin']);
    chmodSync(file, 0o620);
    expect(examine()).toMatchObject({ ok: false, detail: expect.stringContaining('chmod go-w') as string });
    chmodSync(file, 0o600);
    writeFileSync(file, '{"version":1,');
    expect(examine()).toMatchObject({ ok: false, detail: expect.stringContaining('is not JSON') as string });
    writeFileSync(file, '{"version":1}');
    expect(examine().ok).toBe(false);
  });

  it('names keys with the scope admin of which none is valid, unless there is another way in', async () => {
    await add('ops', ['admin'], NOW_MS - DAY_MS);
    await add('lost', ['read', 'admin']);
    expect(examine().ok).toBe(true);
    await changeKeyFile(file, (current) => revokeKeys(current, 'lost', NOW_MS - DAY_MS));
    expect(examine()).toMatchObject({
      ok: false,
      detail: expect.stringMatching(
        /^no key with the scope admin is valid any more \(ops is expired, lost is revoked\).*nowcast keys create/,
      ) as string,
    });
    expect(examine({ admin: { key: 'the-admin-key' } }).ok).toBe(true);
    await add('new', ['admin']);
    expect(examine().ok).toBe(true);
  });
});
