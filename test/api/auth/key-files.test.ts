import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { idOfApiKey, matchesApiKey, newApiKey } from '../../../src/api/auth/keys/api-key.js';
import { addKey, NO_KEYS, revokeKeys, rotateKey, stateOf } from '../../../src/api/auth/keys/key-changes.js';
import { changeKeyFile, readKeyFile } from '../../../src/api/auth/keys/key-file.js';
import { KeyStore } from '../../../src/api/auth/keys/key-store.js';
import { readKeyUse } from '../../../src/api/auth/keys/key-usage.js';
import { SCOPES, type Scope } from '../../../src/api/auth/scopes.js';

const START_MS = Date.UTC(2026, 0, 1);
let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'nowcast-keys-'));
  file = path.join(dir, 'keys', 'api-keys.json');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function create(name: string, scopes: readonly Scope[] = ['read'], made = newApiKey()) {
  return changeKeyFile(file, (keys) => addKey(keys, { name, scopes, expiresAtMs: null }, made, START_MS));
}

function store(problems: unknown[] = []): KeyStore {
  return new KeyStore({
    file,
    useFile: path.join(dir, 'used.json'),
    nowMs: () => START_MS + 1000,
    onProblem: (error) => problems.push(error),
  });
}

describe('a key', () => {
  it('holds 256 random bits, and matches nothing but itself', () => {
    const keys = Array.from({ length: 200 }, newApiKey);
    expect(new Set(keys.map(({ key }) => key)).size).toBe(200);
    for (const { key, id, sha256 } of keys) {
      expect(idOfApiKey(key)).toBe(id);
      expect(Buffer.from(key.slice(-43), 'base64url')).toHaveLength(32);
      expect(matchesApiKey(key, sha256)).toBe(true);
      expect(matchesApiKey(`${key} `, sha256)).toBe(false);
    }
  });
});

describe('changes of keys', () => {
  it('leave every key that they are not about as it was, and one valid key of a name', () => {
    const step = fc.record({
      what: fc.constantFrom('add' as const, 'rotate' as const, 'revoke' as const),
      name: fc.constantFrom('a', 'b', 'c'),
      graceMs: fc.constantFrom(0, 5_000),
      scopes: fc.uniqueArray(fc.constantFrom(...SCOPES), { minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        let keys = NO_KEYS;
        let nowMs = START_MS;
        for (const { what, name, graceMs, scopes } of steps) {
          const before = keys;
          try {
            if (what === 'add')
              keys = addKey(keys, { name, scopes, expiresAtMs: null }, newApiKey(), nowMs).file;
            else if (what === 'revoke') keys = revokeKeys(keys, name, nowMs).file;
            else keys = rotateKey(keys, name, newApiKey(), { nowMs, graceMs }).file;
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/INPUT_INVALID|NOT_FOUND/) as string });
          }
          for (const old of before.keys) if (old.name !== name) expect(keys.keys).toContain(old);
          const current = keys.keys.filter(
            (key) => key.name === name && key.replacedBy === null && stateOf(key, nowMs) === 'valid',
          );
          expect(current.length).toBeLessThanOrEqual(1);
          if (what === 'revoke')
            expect(keys.keys.some((key) => key.name === name && stateOf(key, nowMs) === 'valid')).toBe(false);
          nowMs += 1_000;
        }
      }),
      { numRuns: 200 },
    );
  });

  it('give a rotated key the same scopes and as long a life', () => {
    const { file: keys } = addKey(
      NO_KEYS,
      { name: 'a', scopes: ['read', 'export'], expiresAtMs: START_MS + 10_000 },
      newApiKey(),
      START_MS,
    );
    const { record, replaced } = rotateKey(keys, 'a', newApiKey(), {
      nowMs: START_MS + 4_000,
      graceMs: 2_000,
    });
    expect(record).toMatchObject({ scopes: ['read', 'export'], expiresAt: '2026-01-01T00:00:14.000Z' });
    expect(replaced).toMatchObject({ revokedAt: '2026-01-01T00:00:06.000Z', replacedBy: record.id });
    expect(stateOf(replaced, START_MS + 5_999)).toBe('valid');
    expect(stateOf(replaced, START_MS + 6_000)).toBe('revoked');
    expect(stateOf(record, START_MS + 14_000)).toBe('expired');
  });
});

describe('the key file', () => {
  it('loses nothing when many change it at once, and leaves nothing beside it', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => create(`key ${i}`)));
    expect(readKeyFile(file).keys).toHaveLength(20);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(path.dirname(file))).toEqual(['api-keys.json']);
  });

  it('is left as it was by a change that fails', async () => {
    await create('a');
    const before = await readFile(file, 'utf8');
    await expect(create('a')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(await readFile(file, 'utf8')).toBe(before);
    await create('b');
  });

  it('is not blocked by a process that died while changing it', async () => {
    await create('a');
    const lock = `${file}.lock`;
    await writeFile(lock, '1 dead');
    const long = new Date(Date.now() - 60_000);
    await utimes(lock, long, long);
    await create('b');
    expect(readKeyFile(file).keys).toHaveLength(2);
  });

  it.each([
    ['no JSON', '{', /is not JSON/],
    ['of another version', '{"version":2,"keys":[]}', /version/],
    ['with a hash that is none', '{"version":1,"keys":[{"id":"x"}]}', /keys\/0/],
  ])('that is %s is refused', async (_what, text, says) => {
    await create('a');
    await writeFile(file, text);
    expect(() => readKeyFile(file)).toThrow(says);
    expect(() => store()).toThrow(says);
  });

  it('that others may write is refused', async () => {
    await create('a');
    await chmod(file, 0o620);
    expect(() => readKeyFile(file)).toThrow(/may be written by others.*chmod go-w/);
  });
});

describe('the keys of a running service', () => {
  it('are all refused while the file cannot be read, and accepted again afterwards', async () => {
    const made = newApiKey();
    await create('a', ['read'], made);
    const problems: unknown[] = [];
    const keys = store(problems);
    const principal = await keys.check(made.key);
    expect(principal).toMatchObject({ id: `key:${made.id}`, name: 'a' });
    const good = await readFile(file, 'utf8');
    await writeFile(file, 'half a fi');
    keys.refresh();
    keys.refresh();
    expect(problems).toHaveLength(1);
    await expect(keys.check(made.key)).rejects.toMatchObject({ code: 'AUTH_UNAVAILABLE' });
    expect(principal !== null && keys.stillValid(principal)).toBe(false);
    await writeFile(file, good);
    keys.refresh();
    expect(await keys.check(made.key)).not.toBeNull();
    await rm(file);
    keys.refresh();
    await expect(keys.check(made.key)).rejects.toMatchObject({ code: 'UNAUTHORISED' });
    await keys.close();
  });

  it('leave their last use behind, whichever process saw it last', async () => {
    const [a, b] = [newApiKey(), newApiKey()];
    await create('a', ['read'], a);
    await create('b', ['read'], b);
    const [one, two] = [store(), store()];
    await one.check(a.key);
    await two.check(b.key);
    expect(one.lastUsed()).toEqual({ [a.id]: '2026-01-01T00:00:01.000Z' });
    await one.close();
    await two.close();
    expect(Object.keys(readKeyUse(path.join(dir, 'used.json'))).sort()).toEqual([a.id, b.id].sort());
  });
});
