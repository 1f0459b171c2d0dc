import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressResolver, trustedBy } from '../../../src/api/auth/client-address.js';
import { openScopes } from '../../../src/api/auth/open-access.js';
import { callerOf, RateLimiter } from '../../../src/api/auth/rate-limiter.js';

describe('what is open without a key', () => {
  const open = (host: string, headers: Record<string, string>, openRead: boolean | null = null) =>
    [...openScopes({ host, openRead, openExport: null }, headers)].join();

  it.each([
    ['127.0.0.1', { host: 'localhost:8080' }, 'read,export'],
    ['::1', { host: '[::1]:8080' }, 'read,export'],
    ['localhost', { host: '127.0.0.1' }, 'read,export'],
    ['127.0.0.1', { host: 'evil.example.org:8080' }, ''],
    ['127.0.0.1', { host: 'localhost.evil.example.org' }, ''],
    ['127.0.0.1', { host: '127.0.0.1.evil.example.org' }, ''],
    ['127.0.0.1', { host: 'localhost', 'x-forwarded-for': '10.0.0.1' }, ''],
    ['127.0.0.1', { host: 'localhost', forwarded: 'for=10.0.0.1' }, ''],
    ['127.0.0.1', {}, ''],
    ['0.0.0.0', { host: 'localhost' }, ''],
    ['::', { host: 'localhost' }, ''],
    ['192.168.1.5', { host: '192.168.1.5' }, ''],
  ])('bound to %s, asked with %j: %s', (host, headers, expected) => {
    expect(open(host, headers)).toBe(expected);
  });

  it('is what the configuration says, for every caller', () => {
    expect(open('0.0.0.0', { host: 'anything' }, true)).toBe('read');
    expect(open('127.0.0.1', { host: 'localhost' }, false)).toBe('export');
  });
});

describe('the rate limiter', () => {
  it('never allows more than the burst and the steady rate, and always as much as that', () => {
    const gaps = fc.array(fc.nat({ max: 5_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), gaps, (perMinute, waits) => {
        const limiter = new RateLimiter(perMinute);
        let nowMs = 1_000;
        const startMs = nowMs;
        let allowed = 0;
        for (const wait of waits) {
          nowMs += wait;
          const verdict = limiter.take('a', nowMs);
          if (verdict.allowed) allowed += 1;
          else {
            expect(verdict.retryAfterSeconds).toBeGreaterThanOrEqual(1);
            expect(verdict.remaining).toBe(0);
          }
          expect(allowed).toBeLessThanOrEqual(perMinute + ((nowMs - startMs) / 60_000) * perMinute + 1e-6);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('lets a caller in again after the time that it told, and others all the while', () => {
    const limiter = new RateLimiter(2);
    for (let i = 0; i < 2; i += 1) expect(limiter.take('a', 0).allowed).toBe(true);
    const refused = limiter.take('a', 0);
    expect(refused).toMatchObject({ allowed: false, retryAfterSeconds: 30, firstRefusal: true });
    expect(limiter.take('a', 0).firstRefusal).toBe(false);
    expect(limiter.take('b', 0).allowed).toBe(true);
    expect(limiter.take('a', refused.retryAfterSeconds * 1000).allowed).toBe(true);
  });

  it('counts an IPv6 network as one caller, and IPv4 in IPv6 clothes as IPv4', () => {
    expect(callerOf('2001:db8:1:2::1')).toBe(callerOf('2001:db8:1:2:ffff::9'));
    expect(callerOf('2001:db8:1:2::1')).not.toBe(callerOf('2001:db8:1:3::1'));
    expect(callerOf('::ffff:10.1.2.3')).toBe('10.1.2.3');
    expect(callerOf('not an address')).toBe('not an address');
  });
});

describe('the address of a caller behind proxies', () => {
  const resolve = addressResolver(['10.0.0.0/8', '192.0.2.7', 'fd00::/8']);
  it.each([
    ['203.0.113.9', '1.1.1.1', '203.0.113.9'],
    ['10.1.1.1', '203.0.113.9', '203.0.113.9'],
    ['10.1.1.1', '6.6.6.6, 203.0.113.9', '203.0.113.9'],
    ['10.1.1.1', '6.6.6.6, 203.0.113.9, 10.2.2.2', '203.0.113.9'],
    ['::ffff:10.1.1.1', '203.0.113.9', '203.0.113.9'],
    ['192.0.2.7', '203.0.113.9', '203.0.113.9'],
    ['fd00::1', '2001:db8::1', '2001:db8::1'],
    ['10.1.1.1', '', '10.1.1.1'],
  ])('peer %s with X-Forwarded-For %j is %s', (peer, forwarded, expected) => {
    expect(resolve(peer, forwarded === '' ? {} : { 'x-forwarded-for': forwarded })).toBe(expected);
  });

  it('is the peer when no proxy is trusted', () => {
    expect(addressResolver([])('127.0.0.1', { 'x-forwarded-for': '1.1.1.1' })).toBe('127.0.0.1');
    expect(trustedBy(['10.0.0.0/8'])('not an address')).toBe(false);
  });
});
