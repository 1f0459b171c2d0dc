import { Ajv } from 'ajv';
import formatsModule from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createClientMessageParser,
  encodeAccuracy,
  encodeDemand,
  encodeError,
  encodeHeartbeat,
  encodeModel,
  encodeNowcast,
  encodePong,
  encodeSnapshot,
  encodeSubscribed,
  type ClientMessageSchema,
} from '../../src/feed/protocol.js';
import { makeDemand, makeNowcast, START_MS } from './records.js';
import { readSchema } from './schema-file.js';

const parser = createClientMessageParser(readSchema('feed-client-message') as ClientMessageSchema);
const ajv = new Ajv({ strict: false });
formatsModule.default(ajv);
const isServerMessage = ajv.compile(readSchema('feed-server-message') as object);
const whole = new Ajv({ strict: false }).compile(readSchema('feed-client-message') as object);

function refusal(value: unknown): string {
  const parsed = parser.parse(typeof value === 'string' ? value : JSON.stringify(value));
  if (parsed.ok) throw new Error('was accepted');
  return parsed.message;
}

describe('client messages', () => {
  it.each([
    { type: 'subscribe', id: 's', zones: ['*'] },
    { type: 'subscribe', id: 's', zones: ['A', 'B'], horizonsMinutes: [5], resume: { epoch: 'e', seq: -1 } },
    { type: 'unsubscribe', id: 's' },
    { type: 'ping' },
    { type: 'ping', id: 'x' },
    { type: 'auth', token: 't' },
  ])('accepts %j', (message) => {
    expect(parser.parse(JSON.stringify(message))).toEqual({ ok: true, message });
  });

  it.each([
    ['not json', 'a message must be one JSON object in a text frame'],
    ['[]', 'a message must be one JSON object in a text frame'],
    ['null', 'a message must be one JSON object in a text frame'],
    [{}, 'type must be one of subscribe, unsubscribe, ping, auth; got none'],
    [{ type: 'subscibe' }, 'type must be one of subscribe, unsubscribe, ping, auth; got "subscibe"'],
    [{ type: 'subscribe', id: 's' }, "subscribe: must have required property 'zones'"],
    [{ type: 'subscribe', id: 's', zones: [] }, 'subscribe: zones must NOT have fewer than 1 items'],
    [{ type: 'subscribe', id: 's', zones: ['A', 5] }, 'subscribe: zones.1 must be string'],
    [
      { type: 'subscribe', id: 's', zones: ['A'], zone: 'B' },
      'subscribe: has a field that is not known: "zone"',
    ],
    [
      { type: 'subscribe', id: 's', zones: ['A'], resume: { epoch: 'e', seq: 1.5 } },
      'subscribe: resume.seq must be integer',
    ],
  ])('refuses %j in plain words', (value, message) => {
    expect(refusal(value)).toBe(message);
  });

  it('agrees with the whole schema on anything, and never throws', () => {
    const field = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string()), fc.boolean());
    const near = fc.record(
      {
        type: fc.oneof(fc.constantFrom('subscribe', 'unsubscribe', 'ping', 'auth'), fc.string()),
        id: field,
        zones: fc.oneof(fc.array(fc.oneof(fc.string(), field), { maxLength: 3 }), field),
        horizonsMinutes: fc.oneof(fc.array(fc.integer(), { maxLength: 3 }), field),
        resume: fc.oneof(fc.record({ epoch: field, seq: fc.oneof(fc.integer(), field) }), field),
        token: field,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(near, fc.jsonValue()), (value) => {
        const parsed = parser.parse(JSON.stringify(value));
        expect(parsed.ok).toBe(whole(JSON.parse(JSON.stringify(value))));
        if (!parsed.ok) expect(parsed.message.length).toBeLessThan(400);
      }),
      { numRuns: 3000 },
    );
  });

  it('never throws on text that is no JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        parser.parse(text);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('server messages', () => {
  const nowcastJson = JSON.stringify(makeNowcast());
  const accuracy = {
    zone: 'A',
    horizonMinutes: 60,
    window: '24h' as const,
    at: new Date(START_MS).toISOString(),
    n: 5,
    mape: 1.5,
    bias: 0,
    coverage80: null,
    skill: 0.2,
  };

  it.each([
    ['subscribed', encodeSubscribed({ id: 's', epoch: 'e', seq: 4, recovered: true })],
    ['snapshot', encodeSnapshot('a"b', 4, [nowcastJson, nowcastJson])],
    ['empty snapshot', encodeSnapshot('s', -1, [])],
    ['nowcast', encodeNowcast(4, nowcastJson)],
    ['conflated nowcast', encodeNowcast(4, nowcastJson, 3)],
    ['demand', encodeDemand(4, makeDemand('A', START_MS))],
    ['accuracy', encodeAccuracy(4, accuracy)],
    ['model', encodeModel({ seq: 4, zones: ['A'], modelVersion: 'm', status: 'promoted', at: accuracy.at })],
    [
      'heartbeat',
      encodeHeartbeat(4, accuracy.at, `"A":{"origin":"${accuracy.at}","demandAgeMs":5,"modelVersion":"m"}`),
    ],
    ['empty heartbeat', encodeHeartbeat(4, accuracy.at, '')],
    ['pong', encodePong(4, 'x')],
    ['pong without id', encodePong(4, null)],
    ['error', encodeError('ZONE_UNKNOWN', 'text', null)],
  ])('%s follows the schema', (_name, text) => {
    expect(isServerMessage(JSON.parse(text)), JSON.stringify(isServerMessage.errors)).toBe(true);
  });
});
