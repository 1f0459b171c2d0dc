import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import type { CredentialChecker } from '../../../src/api/auth/principal.js';
import { AdminKey } from '../../../src/api/auth/admin-key.js';
import { JwtChecker } from '../../../src/api/auth/jwt.js';
import { newApiKey } from '../../../src/api/auth/keys/api-key.js';
import { addKey, NO_KEYS, revokeKeys } from '../../../src/api/auth/keys/key-changes.js';
import { KeyStore } from '../../../src/api/auth/keys/key-store.js';
import { SCOPES, type Scope } from '../../../src/api/auth/scopes.js';
import type { JwtSettings } from '../../../src/config/auth-settings.js';
import type { ApiKeysFile } from '../../../src/contracts/generated/api-keys.js';
import { DAY_MS } from '../../../src/contracts/time.js';

export const ISSUER = 'https://issuer.example.org/';
export const AUDIENCE = 'power-nowcast';
export const ADMIN_KEY = 'an-admin-key-of-tests-0123456789';

/** One credential of the matrix: what is sent, and which scopes it is good for; null when it must be refused. */
export interface Credential {
  readonly label: string;
  readonly authorization: string | null;
  readonly scopes: readonly Scope[] | null;
}

export interface Credentials {
  readonly all: readonly Credential[];
  readonly checkers: readonly CredentialChecker[];
  close(): Promise<void>;
}

export function jwtSettings(jwksFile: string, changes: Partial<JwtSettings> = {}): JwtSettings {
  return {
    issuer: ISSUER,
    audience: AUDIENCE,
    jwks: { file: jwksFile },
    scopeClaim: 'scope',
    scopes: null,
    algorithms: ['ES256'],
    clockToleranceSeconds: 5,
    ...changes,
  };
}

/** A token of the tests' issuer, valid for an hour unless the claims say otherwise. */
export function sign(
  key: CryptoKey | Uint8Array,
  claims: Record<string, unknown>,
  header: Record<string, string> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: ISSUER, aud: AUDIENCE, sub: 'alice', iat: now, exp: now + 3600, ...claims };
  return new SignJWT(all).setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header }).sign(key);
}

/** Every kind of credential, and what recognises them: real keys in a real file, real tokens. */
export async function makeCredentials(): Promise<Credentials> {
  const dir = await mkdtemp(path.join(tmpdir(), 'nowcast-auth-'));
  const keyFile = path.join(dir, 'api-keys.json');
  const jwksFile = path.join(dir, 'jwks.json');
  const { file, credentials: keys } = apiKeys();
  await writeFile(keyFile, JSON.stringify(file), { mode: 0o600 });
  const tokens = await jwtCredentials(jwksFile);
  const store = new KeyStore({
    file: keyFile,
    useFile: path.join(dir, 'used.json'),
    onProblem: (error) => {
      throw error;
    },
  });
  const all: Credential[] = [
    { label: 'no credential', authorization: null, scopes: [] },
    { label: 'the admin key', authorization: `Bearer ${ADMIN_KEY}`, scopes: ['admin'] },
    { label: 'a wrong admin key', authorization: `Bearer ${ADMIN_KEY}x`, scopes: null },
    { label: 'another scheme', authorization: `Basic ${ADMIN_KEY}`, scopes: null },
    { label: 'an empty Bearer', authorization: 'Bearer', scopes: null },
    { label: 'a very long credential', authorization: `Bearer ${'x'.repeat(9000)}`, scopes: null },
    ...keys,
    ...tokens,
  ];
  return {
    all,
    checkers: [new AdminKey(ADMIN_KEY), store, new JwtChecker(jwtSettings(jwksFile))],
    close: async () => {
      await store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function apiKeys(): { file: ApiKeysFile; credentials: Credential[] } {
  const now = Date.now();
  let file = NO_KEYS;
  const credentials: Credential[] = [];
  const add = (
    label: string,
    scopes: readonly Scope[],
    good: boolean,
    createdMs = now,
    endMs: number | null = null,
  ) => {
    const made = newApiKey();
    const added = addKey(file, { name: label, scopes, expiresAtMs: endMs }, made, createdMs);
    file = added.file;
    credentials.push({ label, authorization: `Bearer ${made.key}`, scopes: good ? scopes : null });
    return made.key;
  };
  for (const scope of SCOPES) add(`key ${scope}`, [scope], true);
  add('key read and operate', ['read', 'operate'], true);
  add('expired key', ['admin'], false, now - 2 * DAY_MS, now - DAY_MS);
  add('revoked key', ['admin'], false);
  file = revokeKeys(file, 'revoked key', now - 1).file;
  const whole = add('key to spoil', ['admin'], true);
  const spoil = (label: string, key: string) => {
    credentials.push({ label, authorization: `Bearer ${key}`, scopes: null });
  };
  spoil('key cut short', whole.slice(0, -1));
  spoil('key with another secret', whole.slice(0, -43) + newApiKey().key.slice(-43));
  spoil('unknown key', newApiKey().key);
  spoil('malformed key', 'pnk_x');
  return { file, credentials };
}

async function jwtCredentials(jwksFile: string): Promise<Credential[]> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const { privateKey: stranger } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  await writeFile(jwksFile, JSON.stringify({ keys: [jwk] }));
  const now = Math.floor(Date.now() / 1000);
  const admin = { scope: 'admin' };
  const bearer = (token: string) => `Bearer ${token}`;
  const good = await Promise.all(
    SCOPES.map(async (scope) => ({
      label: `token ${scope}`,
      authorization: bearer(await sign(privateKey, { scope: `openid ${scope}` })),
      scopes: [scope],
    })),
  );
  const valid = await sign(privateKey, admin);
  const secret = new TextEncoder().encode(JSON.stringify(jwk));
  const bad: readonly [string, string][] = [
    ['expired token', await sign(privateKey, { ...admin, exp: now - 60 })],
    ['token of tomorrow', await sign(privateKey, { ...admin, nbf: now + 3600 })],
    ['token of another issuer', await sign(privateKey, { ...admin, iss: 'https://elsewhere.example.org/' })],
    ['token for another audience', await sign(privateKey, { ...admin, aud: 'billing' })],
    ['token signed by a stranger', await sign(stranger, admin)],
    ['token with an unknown kid', await sign(privateKey, admin, { kid: 'k2' })],
    ['token signed with the public key as secret', await sign(secret, admin, { alg: 'HS256' })],
    ['unsigned token', unsigned(valid)],
    ['changed token', changed(valid)],
    ['token without an end', await sign(privateKey, { ...admin, exp: undefined })],
    ['token without a subject', await sign(privateKey, { ...admin, sub: undefined })],
    ['logout token', await sign(privateKey, admin, { typ: 'logout+jwt' })],
    ['malformed token', 'a.b.c'],
  ];
  return [
    ...good,
    { label: 'token without a scope', authorization: bearer(await sign(privateKey, {})), scopes: [] },
    ...bad.map(([label, token]) => ({ label, authorization: bearer(token), scopes: null })),
  ];
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function unsigned(token: string): string {
  return `${encode({ alg: 'none' })}.${token.split('.')[1] ?? ''}.`;
}

function changed(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as JWTPayload;
  return `${header}.${encode({ ...claims, sub: 'mallory' })}.${signature}`;
}
