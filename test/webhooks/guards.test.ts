import type { lookup } from 'node:dns';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkWebhookUrl, guardedLookup, isPublic } from '../../src/webhooks/address-guard.js';
import { RETRY_WAITS_MS, retryWaitMs } from '../../src/webhooks/retry-plan.js';
import { deliveryId, newSecret, signedHeaders } from '../../src/webhooks/signature.js';

describe('addresses', () => {
  it.each([
    ['127.0.0.1', false],
    ['10.1.2.3', false],
    ['172.16.0.1', false],
    ['192.168.1.1', false],
    ['169.254.169.254', false],
    ['100.64.0.1', false],
    ['0.0.0.0', false],
    ['255.255.255.255', false],
    ['224.0.0.1', false],
    ['::1', false],
    ['::', false],
    ['::ffff:127.0.0.1', false],
    ['::ffff:10.0.0.1', false],
    ['64:ff9b::7f00:1', false],
    ['2002:7f00:1::', false],
    ['fe80::1', false],
    ['fc00::1', false],
    ['ff02::1', false],
    ['not an address', false],
    ['8.8.8.8', true],
    ['2606:4700::1111', true],
  ])('%s is public: %s', (address, expected) => {
    expect(isPublic(address)).toBe(expected);
  });

  it.each([
    'https://2130706433/',
    'https://0x7f.1/',
    'https://127.1/',
    'https://[::ffff:7f00:1]/',
    'ftp://example.org/',
    'https://user:word@example.org/',
    'hook',
    '',
  ])('%s is refused', (url) => {
    expect(() => checkWebhookUrl(url, { allowPrivate: false })).toThrow(/url must|private/);
  });

  const answering = (addresses: { address: string; family: number }[]): typeof lookup =>
    ((_name: string, _options: object, callback: (error: null, found: typeof addresses) => void) => {
      callback(null, addresses);
    }) as unknown as typeof lookup;
  const resolve = (
    addresses: { address: string; family: number }[],
    allowPrivate = false,
  ): Promise<unknown> =>
    new Promise((done) => {
      guardedLookup({ allowPrivate }, answering(addresses))('name', { all: true }, (error, found) => {
        done(error?.message ?? found);
      });
    });

  it('a name is connected to only when each of its addresses is public', async () => {
    const open = { address: '8.8.8.8', family: 4 };
    const inner = { address: '10.0.0.1', family: 4 };
    expect(await resolve([open])).toEqual([open]);
    expect(await resolve([open, inner])).toMatch(/name is a private/);
    expect(await resolve([open, inner], true)).toEqual([open, inner]);
    expect(await resolve([])).toMatch(/no address/);
  });
});

describe('retries', () => {
  it('wait longer each time, spread by a fifth, and end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempts, chance) => {
          const planned = RETRY_WAITS_MS[attempts - 1];
          const wait = retryWaitMs(RETRY_WAITS_MS, attempts, chance, null);
          if (planned === undefined) {
            expect(wait).toBeNull();
            return;
          }
          expect(wait).toBeGreaterThanOrEqual(Math.floor(planned * 0.8));
          expect(wait).toBeLessThanOrEqual(Math.ceil(planned * 1.2));
        },
      ),
    );
    expect([...RETRY_WAITS_MS].sort((a, b) => a - b)).toEqual(RETRY_WAITS_MS);
  });

  it('wait as long as the receiver asks, within the plan', () => {
    expect(retryWaitMs([10, 100], 1, 0.5, 50)).toBe(50);
    expect(retryWaitMs([10, 100], 1, 0.5, 5000)).toBe(100);
    expect(retryWaitMs([10, 100], 1, 0.5, 1)).toBe(10);
  });
});

describe('signatures', () => {
  it('are those of the Standard Webhooks specification', () => {
    // The example of the specification's reference libraries.
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const headers = signedHeaders(
      secret,
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      '{"test": 2432232314}',
      1614265330_000,
    );
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('have secrets of 256 bits, and ids that follow from the event', () => {
    expect(Buffer.from(newSecret().slice(6), 'base64')).toHaveLength(32);
    expect(newSecret()).not.toBe(newSecret());
    expect(deliveryId('wh_1', 'alert.raised x')).toBe(deliveryId('wh_1', 'alert.raised x'));
    expect(deliveryId('wh_1', 'alert.raised x')).not.toBe(deliveryId('wh_2', 'alert.raised x'));
  });
});
