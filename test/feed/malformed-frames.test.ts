import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { path, seqs, start, stopAfterEach, subscribed } from './feed-fixture.js';
import { frameBytes, OPCODE, sendRaw, type FrameShape } from './raw-socket.js';
import { spoiled, valid, type FieldSchema } from './schema-arbitrary.js';
import { readSchema } from './schema-file.js';
import type { Serving } from './serving.js';

stopAfterEach();

const TOTAL = 10_000;
const AT_ONCE = 100;
/** What a WebSocket says about frames that are no WebSocket frames. */
const PROTOCOL_ERROR = 1002;
const INVALID_TEXT = 1007;
const TOO_LARGE = 1009;

const schema = readSchema('feed-client-message') as { oneOf: FieldSchema[] };
const isValid = new Ajv({ strict: false }).compile(schema);
const text = (value: string): FrameShape => ({ opcode: OPCODE.text, payload: Buffer.from(value) });

interface Malformed {
  readonly frame: FrameShape;
  readonly code: number;
}

/** JSON that is nearly a message, and is none. */
const nearMessages = fc
  .oneof(...schema.oneOf.map(spoiled))
  .filter((value) => !isValid(JSON.parse(JSON.stringify(value))))
  .map((value): Malformed => ({ frame: text(JSON.stringify(value)), code: 4400 }));

/** Anything else in a proper frame: junk, cut-off messages, binary frames. */
const junk = fc.oneof(
  fc
    .string({ maxLength: 300 })
    .filter((value) => !isJsonMessage(value))
    .map(text),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ opcode: OPCODE.binary, payload: Buffer.from(bytes) })),
  fc
    .tuple(fc.oneof(...schema.oneOf.map(valid)), fc.nat())
    .map(([value, cut]) => JSON.stringify(value).slice(0, cut % JSON.stringify(value).length))
    .map(text),
);

/** Frames that break WebSocket itself. */
const brokenFrames = fc.oneof(
  fc.integer({ min: 1, max: 7 }).map((reserved): Malformed => ({
    frame: { ...text('{"type":"ping"}'), reserved },
    code: PROTOCOL_ERROR,
  })),
  fc.constant<Malformed>({ frame: { ...text('{"type":"ping"}'), masked: false }, code: PROTOCOL_ERROR }),
  fc.constantFrom(0x3, 0x7, 0xb, 0xf).map((opcode): Malformed => ({
    frame: { opcode, payload: Buffer.from('x') },
    code: PROTOCOL_ERROR,
  })),
  fc.constant<Malformed>({
    frame: { opcode: OPCODE.ping, payload: Buffer.alloc(126) },
    code: PROTOCOL_ERROR,
  }),
  fc.constant<Malformed>({
    frame: { opcode: OPCODE.ping, payload: Buffer.alloc(1), fin: false },
    code: PROTOCOL_ERROR,
  }),
  fc.constantFrom([0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80]).map((bytes): Malformed => ({
    frame: { opcode: OPCODE.text, payload: Buffer.from(bytes) },
    code: INVALID_TEXT,
  })),
);

const malformed = fc.oneof(
  { weight: 6, arbitrary: nearMessages },
  { weight: 3, arbitrary: junk.map((frame): Malformed => ({ frame, code: 4400 })) },
  { weight: 1, arbitrary: brokenFrames },
);

function isJsonMessage(value: string): boolean {
  try {
    return isValid(JSON.parse(value));
  } catch {
    return false;
  }
}

function portOf(to: Serving): number {
  return Number(new URL(to.feedUrl).port);
}

describe('malformed frames', () => {
  it(`${TOTAL} of them are each refused with the right code, and nobody else notices`, async () => {
    const to = await start();
    const port = portOf(to);
    const good = await subscribed(to);
    const samples = fc.sample(malformed, TOTAL);
    const wrong: string[] = [];
    for (let i = 0; i < samples.length; i += AT_ONCE) {
      await Promise.all(
        samples.slice(i, i + AT_ONCE).map(async ({ frame, code }) => {
          const { closeCode, texts } = await sendRaw(port, frameBytes(frame));
          const told = texts.every(
            (one) => one.includes('"code":"BAD_MESSAGE"') && !/node_modules|\.[tj]s:/.test(one),
          );
          if (closeCode === code && told && texts.length === (code === 4400 ? 1 : 0)) return;
          wrong.push(
            `${frame.payload.toString().slice(0, 200)}: ${closeCode} in place of ${code}, ${texts.join()}`,
          );
        }),
      );
    }
    expect(wrong).toEqual([]);
    await to.append('nowcasts', path(1));
    await good.until(() => seqs(good).length === 1);
    expect(to.server.feed.clientCount).toBe(1);
    expect(to.errors.list()).toEqual([]);
  });

  it('a payload beyond all limits is not even read', async () => {
    const to = await start();
    const head = frameBytes({ opcode: OPCODE.text, payload: Buffer.alloc(3 * 1024 * 1024) }).subarray(
      0,
      1000,
    );
    expect((await sendRaw(portOf(to), head)).closeCode).toBe(TOO_LARGE);
  });

  it('messages that the schema allows are never refused as malformed', async () => {
    const to = await start();
    const messages = fc.sample(fc.oneof(...schema.oneOf.map(valid)), 200);
    const outcomes = messages.map(async (message) => {
      // What follows is refused, so that the connection ends; the valid one before it must not be.
      const bytes = [JSON.stringify(message), 'end'].map((one) => frameBytes(text(one)));
      const { closeCode, texts } = await sendRaw(portOf(to), Buffer.concat(bytes));
      if ((message as { type: string }).type === 'auth') {
        // Nobody has the tokens that are made up here.
        expect([closeCode, texts]).toEqual([4401, []]);
        return;
      }
      expect(closeCode).toBe(4400);
      expect(texts.filter((one) => one.includes('BAD_MESSAGE'))).toEqual([
        expect.stringContaining('must be one JSON object'),
      ]);
    });
    await Promise.all(outcomes);
  });
});
