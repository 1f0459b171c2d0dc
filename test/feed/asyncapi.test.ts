import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import formatsModule from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { asyncApiDocument } from '../../src/feed/asyncapi.js';
import { CLOSE_CODES, encodeHeartbeat, encodeNowcast, encodeSnapshot } from '../../src/feed/protocol.js';
import { start, stopAfterEach } from './feed-fixture.js';
import { makeNowcast } from './records.js';
import { readSchema } from './schema-file.js';

stopAfterEach();

const document = asyncApiDocument('1.2.3');
const specs = createRequire(import.meta.url)('@asyncapi/specs') as {
  schemasWithoutId: Record<string, object>;
};

function validator(schema: object): ValidateFunction {
  const ajv = new Ajv({ strict: false, validateFormats: true });
  formatsModule.default(ajv);
  return ajv.compile(schema);
}

/** Everything that a reference of the document points to. */
function resolve(reference: string): unknown {
  return reference
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
}

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  );
}

function typesIn(schemaName: string): string[] {
  const { oneOf } = readSchema(schemaName) as {
    oneOf: { properties: { type: { const: string } } }[];
  };
  return oneOf.map(({ properties }) => properties.type.const);
}

describe('the AsyncAPI document', () => {
  it('is valid AsyncAPI 3.0', () => {
    const isValid = validator(specs.schemasWithoutId['3.0.0'] ?? {});
    expect(isValid(document), JSON.stringify(isValid.errors?.slice(0, 5), null, 1)).toBe(true);
    expect(isValid({ ...document, operations: { x: { action: 'maybe' } } })).toBe(false);
  });

  it('points to nothing that is not there', () => {
    const all = references(document);
    expect(all.length).toBeGreaterThan(40);
    for (const reference of all) expect(resolve(reference), reference).toBeDefined();
  });

  it('has every message of the schemas, each in exactly the operations of its side', () => {
    const operations = Object.values(document['operations'] as Record<string, Operation>);
    const of = (action: string): string[] =>
      operations.filter((one) => one.action === action).flatMap((one) => typesOf(one.messages));
    const replies = operations.flatMap((one) => typesOf(one.reply?.messages ?? []));
    expect(of('receive').sort()).toEqual(typesIn('feed-client-message').sort());
    expect([...new Set([...of('send'), ...replies])].sort()).toEqual(typesIn('feed-server-message').sort());
    const channel = (document['channels'] as { feed: { messages: object } }).feed;
    expect(Object.keys(channel.messages).sort()).toEqual(
      [...typesIn('feed-client-message'), ...typesIn('feed-server-message')].sort(),
    );
    expect(resolve('#/channels/feed/x-close-codes')).toHaveProperty(String(CLOSE_CODES.tooSlow));
  });

  it('describes what the server really sends', () => {
    const payload = (type: string): ValidateFunction => {
      const { payload: at } = resolve(`#/components/messages/${type}`) as { payload: { $ref: string } };
      return validator(resolve(at.$ref) as object);
    };
    const nowcast = JSON.stringify(makeNowcast());
    expect(payload('nowcast')(JSON.parse(encodeNowcast(3, nowcast, 2)))).toBe(true);
    expect(payload('snapshot')(JSON.parse(encodeSnapshot('s', 3, [nowcast])))).toBe(true);
    expect(payload('heartbeat')(JSON.parse(encodeHeartbeat(3, new Date(0).toISOString(), '')))).toBe(true);
    expect(payload('heartbeat')(JSON.parse(encodeNowcast(3, nowcast)))).toBe(false);
  });

  it('is served, to everybody', async () => {
    const to = await start();
    const response = await fetch(`${to.url}/asyncapi.json`);
    expect(response.headers.get('content-type')).toContain('application/json');
    const body = (await response.json()) as { info: { version: string } };
    expect(body).toEqual(JSON.parse(JSON.stringify(asyncApiDocument(body.info.version))));
  });
});

interface Operation {
  readonly action: string;
  readonly messages: { $ref: string }[];
  readonly reply?: { readonly messages: { $ref: string }[] };
}

function typesOf(messages: readonly { $ref: string }[]): string[] {
  return messages.map(({ $ref }) => $ref.split('/').at(-1) ?? '');
}
