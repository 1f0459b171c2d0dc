import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClientMessageParser, type ClientMessageSchema } from '../../src/feed/protocol.js';
import {
  DEFAULT_SESSION_LIMITS,
  FeedSession,
  type FeedCatalog,
  type SessionAction,
} from '../../src/feed/session.js';
import { readSchema } from './schema-file.js';

const parser = createClientMessageParser(readSchema('feed-client-message') as ClientMessageSchema);
const catalog: FeedCatalog = {
  hasZone: (zone) => zone === 'A' || zone === 'B',
  horizonsOf: () => new Set([5, 60]),
};
const limits = DEFAULT_SESSION_LIMITS;

function open(nowMs = 0): FeedSession {
  return new FeedSession(parser, catalog, limits, nowMs);
}

function say(session: FeedSession, message: unknown, nowMs = 0): SessionAction[] {
  const text = JSON.stringify(message);
  return session.receive(text, text.length, nowMs);
}

const types = (actions: readonly SessionAction[]): string[] => actions.map((action) => action.type);

describe('FeedSession', () => {
  it('closes with 4408 when nothing is subscribed in time', () => {
    const session = open();
    expect(session.tick(9_999)).toEqual([]);
    expect(session.tick(10_000)).toEqual([{ type: 'close', code: 4408, reason: 'no subscribe within 10 s' }]);
    expect(session.tick(20_000)).toEqual([]);
    expect(say(session, { type: 'ping' }, 20_000)).toEqual([]);
  });

  it('starts the deadline anew when the last subscription ends', () => {
    const session = open();
    say(session, { type: 'subscribe', id: 's', zones: ['A'] });
    say(session, { type: 'ping' }, 29_000);
    expect(types(say(session, { type: 'unsubscribe', id: 's' }, 30_000))).toEqual(['unsubscribe']);
    expect(session.tick(39_000)).toEqual([]);
    expect(types(session.tick(40_000))).toEqual(['close']);
  });

  it('subscribes to what is known and names what is not', () => {
    const actions = say(open(), { type: 'subscribe', id: 's', zones: ['A', 'nowhere'] });
    expect(actions).toMatchObject([
      { type: 'subscribe', subscription: { id: 's', zones: new Set(['A']) }, resume: null },
      { type: 'error', code: 'ZONE_UNKNOWN', id: 's' },
    ]);
    expect(JSON.stringify(actions[1])).toContain('nowhere');
    expect(JSON.stringify(actions[1])).toContain('GET /v1/zones');
    expect(say(open(), { type: 'subscribe', id: 's', zones: ['*', 'nowhere'] })).toMatchObject([
      { type: 'subscribe', subscription: { zones: null } },
      { code: 'ZONE_UNKNOWN' },
    ]);
    expect(types(say(open(), { type: 'subscribe', id: 's', zones: ['nowhere'] }))).toEqual(['error']);
  });

  it('names horizons that no zone has', () => {
    const actions = say(open(), { type: 'subscribe', id: 's', zones: ['A'], horizonsMinutes: [60, 7] });
    expect(actions).toMatchObject([
      { type: 'subscribe', subscription: { view: { key: '7,60' } } },
      { code: 'HORIZON_UNKNOWN', message: 'no subscribed zone has horizon 7 min; offered: 5, 60' },
    ]);
  });

  it('bounds the subscriptions of a connection but lets one be replaced', () => {
    const session = open();
    for (let i = 0; i < limits.maxSubscriptions; i += 1) {
      expect(types(say(session, { type: 'subscribe', id: `s${i}`, zones: ['A'] }, i * 1000))).toEqual([
        'subscribe',
      ]);
    }
    expect(say(session, { type: 'subscribe', id: 'more', zones: ['A'] }, 60_000)).toMatchObject([
      { code: 'TOO_MANY_SUBSCRIPTIONS' },
    ]);
    expect(types(say(session, { type: 'subscribe', id: 's0', zones: ['B'] }, 61_000))).toEqual(['subscribe']);
  });

  it('beats every 10 s once subscribed and drops who is silent', () => {
    const session = open();
    say(session, { type: 'subscribe', id: 's', zones: ['*'] });
    expect(session.tick(9_000)).toEqual([]);
    expect(types(session.tick(10_000))).toEqual(['heartbeat']);
    expect(session.tick(19_000)).toEqual([]);
    session.heard(19_500);
    expect(types(session.tick(20_000))).toEqual(['heartbeat']);
    expect(types(session.tick(19_500 + limits.deadAfterMs + 1))).toEqual(['terminate']);
  });

  it('closes with 4400 after saying what was wrong', () => {
    const actions = say(open(), { type: 'subscribe', id: 's', zones: 'A' });
    expect(actions).toMatchObject([
      { type: 'error', code: 'BAD_MESSAGE', id: 's', message: 'subscribe: zones must be array' },
      { type: 'close', code: 4400 },
    ]);
    expect(open().receive(null, 10, 0)).toMatchObject([{ code: 'BAD_MESSAGE' }, { code: 4400 }]);
    expect(open().receive('{}', limits.maxMessageBytes + 1, 0)).toMatchObject([
      { code: 'BAD_MESSAGE' },
      { code: 4400 },
    ]);
  });

  it('closes with 4429 above the rate, and not at it', () => {
    const steady = open();
    for (let i = 0; i < 500; i += 1) {
      expect(types(say(steady, { type: 'ping' }, i * (1000 / limits.messagesPerSecond)))).toEqual(['pong']);
    }
    const flood = open();
    const all = Array.from({ length: limits.messageBurst + 1 }, () => say(flood, { type: 'ping' }, 0));
    expect(all.slice(0, -1).every((actions) => types(actions)[0] === 'pong')).toBe(true);
    expect(all.at(-1)).toMatchObject([{ type: 'close', code: 4429 }]);
  });

  it('holds what is said until the token is checked, and then answers in order', () => {
    const session = open();
    session.ask(0);
    expect(say(session, { type: 'ping', id: 'p' })).toEqual([]);
    expect(say(session, { type: 'auth', token: 't' })).toEqual([]);
    expect(say(session, { type: 'subscribe', id: 's', zones: ['A'] })).toEqual([]);
    const outside = { reason: 'a key is needed', final: false, tryLater: false };
    expect(session.answer(outside, 0)).toEqual([
      { type: 'pong', id: 'p' },
      { type: 'authenticate', token: 't' },
    ]);
    expect(types(session.answer(null, 0))).toEqual(['subscribe']);
  });

  it('closes with 4401 who subscribes before auth, shows a bad token, or shows none in time', () => {
    const outside = { reason: 'a key is needed', final: false, tryLater: false };
    const outsider = (): FeedSession => {
      const session = open();
      session.ask(0);
      expect(session.answer(outside, 0)).toEqual([]);
      return session;
    };
    const eager = say(outsider(), { type: 'subscribe', id: 's', zones: ['A'] });
    expect(eager).toMatchObject([{ type: 'close', code: 4401 }]);
    expect(say(outsider(), { type: 'nonsense' })).toMatchObject([{ code: 'BAD_MESSAGE' }, { code: 4400 }]);
    const idle = outsider();
    expect(idle.tick(9_999)).toEqual([]);
    expect(idle.tick(10_000)).toEqual([
      { type: 'close', code: 4401, reason: 'no accepted token within 10 s' },
    ]);
    const bad = outsider();
    say(bad, { type: 'auth', token: 't' });
    expect(bad.answer({ ...outside, final: true }, 0)).toEqual([
      { type: 'close', code: 4401, reason: 'a key is needed' },
    ]);
    const unlucky = outsider();
    say(unlucky, { type: 'auth', token: 't' });
    expect(unlucky.answer({ ...outside, final: true, tryLater: true }, 0)).toMatchObject([{ code: 1013 }]);
  });

  it('takes a new token on a connection that has been open for long', () => {
    const session = open();
    say(session, { type: 'subscribe', id: 's', zones: ['A'] });
    expect(types(say(session, { type: 'auth', token: 't2' }, 30_000))).toEqual(['authenticate']);
    expect(types(session.tick(30_500))).toEqual(['heartbeat']);
    expect(session.answer(null, 31_000)).toEqual([]);
    expect(types(session.tick(41_000))).toEqual(['heartbeat']);
  });

  it('keeps little of what comes before the token is checked', () => {
    const session = open();
    session.ask(0);
    const text = JSON.stringify({ type: 'ping', id: 'x'.repeat(limits.maxMessageBytes) });
    expect(session.receive(text, text.length, 0)).toEqual([]);
    expect(session.receive(text, text.length, 0)).toMatchObject([{ type: 'close', code: 4429 }]);
  });

  it('holds its invariants for any sequence of messages and ticks', () => {
    const message = fc.oneof(
      fc.record({
        type: fc.constant('subscribe'),
        id: fc.constantFrom('a', 'b'),
        zones: fc.array(fc.constantFrom('A', 'B', 'C', '*'), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ type: fc.constant('unsubscribe'), id: fc.constantFrom('a', 'b') }),
      fc.record({ type: fc.constant('ping') }),
      fc.record({ type: fc.constantFrom('junk') }),
      fc.constant('tick' as const),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(message, fc.integer({ min: 0, max: 6000 })), { maxLength: 60 }),
        (events) => {
          const session = open();
          const subscribed = new Set<string>();
          let nowMs = 0;
          let over = false;
          for (const [event, waitMs] of events) {
            nowMs += waitMs;
            const actions = event === 'tick' ? session.tick(nowMs) : say(session, event, nowMs);
            if (over) expect(actions).toEqual([]);
            for (const action of actions) {
              if (action.type === 'subscribe') subscribed.add(action.subscription.id);
              if (action.type === 'unsubscribe') expect(subscribed.delete(action.id)).toBe(true);
              if (action.type === 'heartbeat') expect(subscribed.size).toBeGreaterThan(0);
              if (action.type === 'close' || action.type === 'terminate') over = true;
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
