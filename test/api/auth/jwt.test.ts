import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { JwtChecker, scopesOf } from '../../../src/api/auth/jwt.js';
import { jwtSettings, sign } from './credentials.js';

let dir: string;
let key: CryptoKey;
let jwks: string;
let server: Server | null = null;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'nowcast-jwt-'));
  const pair = await generateKeyPair('ES256');
  key = pair.privateKey;
  jwks = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256' }] });
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A real issuer's address, as far as we need one. */
async function publish(
  answer: () => { status: number; body: string },
): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const started = createServer((_request, response) => {
    asked += 1;
    const { status, body } = answer();
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(started.address() as AddressInfo).port}/jwks`, asked: () => asked };
}

describe('tokens', () => {
  it('are verified with the keys that their issuer publishes, asked for once', async () => {
    const issuer = await publish(() => ({ status: 200, body: jwks }));
    const checker = new JwtChecker(jwtSettings('', { jwks: { url: issuer.url } }));
    for (let i = 0; i < 3; i += 1) {
      const principal = await checker.check(await sign(key, { scope: 'read operate', client_id: 'trading' }));
      expect(principal).toMatchObject({ id: 'jwt:alice', name: 'trading' });
      expect([...(principal?.scopes ?? [])]).toEqual(['read', 'operate']);
      expect(principal !== null && checker.stillValid(principal)).toBe(true);
    }
    expect(issuer.asked()).toBe(1);
  });

  it.each([
    ['is down', () => ({ status: 500, body: '{}' })],
    ['answers with a page', () => ({ status: 200, body: '<html>' })],
  ])('cannot be checked while their issuer %s: told apart from a bad token', async (_what, answer) => {
    const issuer = await publish(answer);
    const checker = new JwtChecker(jwtSettings('', { jwks: { url: issuer.url } }));
    for (let i = 0; i < 3; i += 1)
      await expect(checker.check(await sign(key, {}))).rejects.toMatchObject({
        code: 'AUTH_UNAVAILABLE',
        message: expect.not.stringContaining('127.0.0.1') as string,
      });
    // One that is down is not asked again at once.
    expect(issuer.asked()).toBeLessThanOrEqual(answer().status === 200 ? 3 : 1);
  });

  it('are verified with a file of keys, which is read again when it changes', async () => {
    const file = path.join(dir, 'jwks.json');
    await writeFile(file, jwks);
    const checker = new JwtChecker(jwtSettings(file));
    const token = await sign(key, { scope: 'read' });
    expect(await checker.check(token)).not.toBeNull();
    await writeFile(file, '{"keys":[]}');
    await expect(checker.check(token)).rejects.toMatchObject({
      code: 'UNAUTHORISED',
      message: expect.stringContaining('kid') as string,
    });
    await writeFile(file, jwks);
    expect(await checker.check(token)).not.toBeNull();
  });

  it.each<[string, Record<string, unknown>, Record<string, string>, RegExp]>([
    ['expired', { exp: 1_700_000_000 }, {}, /expired at 2023-11-14T22:13:20.000Z \(clock tolerance 5 s\)/],
    ['of tomorrow', { nbf: 4_000_000_000 }, {}, /not valid yet/],
    ['of another issuer', { iss: 'https://other/' }, {}, /not of the issuer https:\/\/issuer/],
    ['for another audience', { aud: 'x' }, {}, /not meant for the audience power-nowcast/],
    ['without an end', { exp: undefined }, {}, /the claim exp .* missing/],
    ['with an empty subject', { sub: '' }, {}, /subject/],
    ['with a subject that breaks lines', { sub: 'a\nb' }, {}, /subject/],
    ['of another kind', {}, { typ: 'logout+jwt' }, /"logout\+jwt", not an access token/],
    ['with an unknown key', {}, { kid: 'k9' }, /no key of the id/],
  ])('%s are refused, in words', async (_what, claims, header, says) => {
    const file = path.join(dir, 'own.json');
    await writeFile(file, jwks);
    const checker = new JwtChecker(jwtSettings(file));
    await expect(checker.check(await sign(key, claims, header))).rejects.toMatchObject({
      code: 'UNAUTHORISED',
      message: expect.stringMatching(says) as string,
    });
  });

  it('stay valid within the tolerance of clocks, and not beyond', async () => {
    const file = path.join(dir, 'clock.json');
    await writeFile(file, jwks);
    const nowS = 2_000_000_000;
    const token = await sign(key, { scope: 'read', iat: nowS - 60, exp: nowS });
    const at = (ms: number) => new JwtChecker(jwtSettings(file), () => ms);
    const principal = await at(nowS * 1000 + 4_000).check(token);
    expect(principal?.expiresAtMs).toBe(nowS * 1000 + 5_000);
    await expect(at(nowS * 1000 + 6_000).check(token)).rejects.toThrow(/expired/);
    expect(principal !== null && at(nowS * 1000 + 6_000).stillValid(principal)).toBe(false);
  });

  it('leave other credentials to others', async () => {
    const file = path.join(dir, 'other.json');
    await writeFile(file, jwks);
    const checker = new JwtChecker(jwtSettings(file));
    for (const other of ['pnk_x_y', 'a-plain-key', 'a.b', '..'])
      expect(await checker.check(other)).toBeNull();
  });
});

describe('scopes of a token', () => {
  it.each<
    [string, Record<string, unknown>, string, Record<string, 'read' | 'operate' | 'admin'> | null, string[]]
  >([
    ['a text', { scope: 'openid read  export' }, 'scope', null, ['read', 'export']],
    ['a list', { scp: ['admin', 7] }, 'scp', null, ['admin']],
    ['roles by names of their own', { roles: ['nc-ops'] }, 'roles', { 'nc-ops': 'operate' }, ['operate']],
    ['own names without the mapping', { scope: 'admin' }, 'scope', { 'nc-admin': 'admin' }, []],
    ['a way into objects', { realm_access: { roles: ['read'] } }, 'realm_access.roles', null, ['read']],
    ['a claim named by an address', { 'https://x.org/s': ['read'] }, 'https://x.org/s', null, ['read']],
    ['nothing there', {}, 'a.b.c', null, []],
    ['what every object has', {}, 'constructor.name', null, []],
    ['a mapping of what every object has', { scope: 'constructor toString' }, 'scope', { a: 'read' }, []],
    ['a number', { scope: 5 }, 'scope', null, []],
  ])('from %s', (_what, payload, scopeClaim, scopes, expected) => {
    expect([...scopesOf(payload, { scopeClaim, scopes })]).toEqual(expected);
  });
});
