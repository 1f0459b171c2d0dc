import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formatsModule from 'ajv-formats';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/contracts/time.js';
import { Serving } from '../feed/serving.js';
import { START_MS } from '../feed/records.js';
import { ZONE } from './api-fixture.js';

/*
 * Every operation of the OpenAPI document is called with values that its schemas allow and with values that they do not.
 * Whatever is sent: no answer above 499 (but an honest 503 of /readyz), none whose status the document does not name, and
 * none whose body is not as documented for it.
 */

const KEY = 'a-key-of-tests-0123456789';
const RUNS_PER_OPERATION = 15;

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
}
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
  readonly schema: Schema;
}
interface Response {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, Response>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const TEXTS = [
  '',
  ' ',
  '\u0000',
  '🔌',
  '../../etc/passwd',
  "'; DROP",
  '%',
  '__proto__',
  'x'.repeat(5000),
  '-1',
  'NaN',
];
const TIMES = [
  '2024-07-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '2024-02-30T00:00:00Z',
  '1969-12-31T23:59:59+14:00',
];
const NUMBERS = ['0', '1', '-1', '60', '1e3', '2.5', '99999999999999999999', 'Infinity', ''];

/** Anything at all. */
const junk = fc.oneof(
  fc.constantFrom(...TEXTS, ...TIMES, ...NUMBERS),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

/** Mostly what a parameter is for, sometimes anything. */
function parameterValue({ name, schema }: Parameter): fc.Arbitrary<string> {
  const likely = [
    ...(schema.enum ?? []).map(String),
    ...(name === 'zone' ? [ZONE, 'quiet'] : []),
    ...(['from', 'to', 'at'].includes(name) ? TIMES : []),
    ...(schema.type === 'integer' ? NUMBERS : []),
    ...(['id', 'version'].includes(name) ? ['run-1', 'm1', 'm0'] : []),
  ];
  return likely.length === 0 ? junk : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...likely) }, junk);
}

function bodyValue(schema: Schema, document: Document, depth = 0): fc.Arbitrary<unknown> {
  const known = resolve(schema, document);
  if (known.enum !== undefined) return fc.oneof(fc.constantFrom(...known.enum), fc.anything({ maxDepth: 1 }));
  if (known.properties !== undefined && depth < 3) {
    const fields = Object.entries(known.properties).map(([name, one]) => [
      name,
      bodyValue(one, document, depth + 1),
    ]);
    const shape = Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>;
    const regular = fc.record(shape, { requiredKeys: [] });
    return fc.oneof({ weight: 4, arbitrary: regular }, fc.anything({ maxDepth: 2 }));
  }
  const right =
    known.type === 'array' && known.items !== undefined
      ? fc.array(bodyValue(known.items, document, depth + 1), { maxLength: 3 })
      : fc.oneof(fc.constantFrom<unknown>(ZONE, 'm1', 'https://127.0.0.1:1/', 1, true), junk);
  return fc.oneof({ weight: 4, arbitrary: right }, fc.anything({ maxDepth: 1 }));
}

function resolve(schema: Schema, { components }: Document): Schema {
  if (schema.$ref === undefined) return schema;
  return components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {};
}

/** What is sent to one operation. */
function requests(template: string, method: string, operation: Operation, document: Document) {
  const parameters = operation.parameters ?? [];
  const values = Object.fromEntries(parameters.map((one) => [`${one.in} ${one.name}`, parameterValue(one)]));
  const optional = parameters.filter((one) => one.in === 'query' && one.required !== true);
  const requiredKeys = Object.keys(values).filter(
    (key) => !optional.some(({ name }) => key === `query ${name}`),
  );
  const json = operation.requestBody?.content['application/json']?.schema;
  return fc
    .record({
      values: fc.record(values, { requiredKeys }),
      unknown: fc.option(junk, { freq: 8 }),
      body: json === undefined ? fc.constant(undefined) : bodyValue(json, document),
      raw: fc.option(fc.constantFrom('{', '[]', 'null', '"x"', '{"a":1e999}'), { freq: 8 }),
    })
    .map(({ values: chosen, unknown, body, raw }) => {
      let path = template;
      const query = new URLSearchParams(unknown === null ? {} : { surprise: unknown });
      for (const [key, value] of Object.entries(chosen)) {
        const [where = '', name = ''] = key.split(' ');
        if (where === 'path')
          path = path.replace(
            `{${name}}`,
            encodeURIComponent(value.replace(/[\uD800-\uDFFF]/g, '?')) || '%20',
          );
        else query.set(name, value);
      }
      const payload = json === undefined ? undefined : (raw ?? JSON.stringify(body));
      return {
        method: method.toUpperCase() as 'GET',
        url: query.size === 0 ? path : `${path}?${query.toString()}`,
        payload,
      };
    });
}

describe('an API that is called in every way its document allows, and in others', () => {
  let serving: Serving;
  let document: Document;
  let ajv: Ajv2020;
  const validators = new Map<object, ValidateFunction>();

  beforeAll(async () => {
    serving = await Serving.start({
      zones: [ZONE, 'quiet'],
      nowMs: () => START_MS + DAY_MS,
      adminKey: KEY,
      access: { perAddress: 1e9, perKey: 1e9 },
      api: { webDir: '/nonexistent' },
    });
    document = (await serving.server.fastify.inject('/openapi.json')).json<Document>();
    ajv = new Ajv2020({ strict: false });
    formatsModule.default(ajv);
    ajv.addSchema({ $id: 'openapi', ...document });
    return () => serving.stop();
  });

  function validatorOf(schema: Schema): ValidateFunction {
    const known = validators.get(schema);
    if (known !== undefined) return known;
    const text = JSON.stringify(schema).replaceAll('"#/', '"openapi#/');
    const made = ajv.compile(JSON.parse(text) as object);
    validators.set(schema, made);
    return made;
  }

  /** @returns what is wrong with an answer, or null */
  function fault(
    operation: Operation,
    url: string,
    status: number,
    type: string,
    body: string,
  ): string | null {
    if (status >= 500 && !(status === 503 && url.startsWith('/readyz'))) return 'a failure of the service';
    const { responses } = operation;
    const response = responses[status] ?? responses[`${Math.floor(status / 100)}XX`];
    if (response === undefined) return 'an undocumented status';
    if (body === '') return null;
    const schema = response.content?.[type.replace(/;.*/, '')]?.schema;
    if (schema === undefined) return `an undocumented media type ${type}`;
    if (!type.includes('json') || type.includes('ndjson')) return null;
    const validate = validatorOf(schema);
    return validate(JSON.parse(body)) ? null : `an undocumented body: ${ajv.errorsText(validate.errors)}`;
  }

  it('is judged by a check that can fail', () => {
    const zones = document.paths['/v1/zones']?.['get'];
    if (zones === undefined) throw new Error('GET /v1/zones is not documented');
    const judge = (status: number, type: string, body: string): string | null =>
      fault(zones, '/v1/zones', status, type, body);
    expect(judge(200, 'application/json; charset=utf-8', '{"zones":[]}')).toBeNull();
    expect(judge(200, 'application/json', '{"zones":1}')).toMatch(/undocumented body/);
    expect(judge(404, 'application/problem+json', '{}')).toMatch(/undocumented body/);
    expect(judge(200, 'text/html', '<p>')).toMatch(/undocumented media type/);
    expect(judge(201, 'application/json', '{"zones":[]}')).toBe('an undocumented status');
    expect(judge(500, 'application/problem+json', '{}')).toBe('a failure of the service');
  });

  it('gives no failure and nothing that the document does not name', async () => {
    const operations = Object.entries(document.paths).flatMap(([template, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ template, method, operation })),
    );
    expect(operations.length).toBeGreaterThan(25);
    const seen = new Set<string>();
    for (const { template, method, operation } of operations) {
      await fc.assert(
        fc.asyncProperty(requests(template, method, operation, document), async ({ payload, ...request }) => {
          const answer = await serving.server.fastify.inject({
            ...request,
            headers: {
              host: 'localhost',
              authorization: `Bearer ${KEY}`,
              ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
            },
            ...(payload === undefined ? {} : { payload }),
          });
          const { statusCode, headers, body } = answer;
          seen.add(`${method} ${template} ${Math.floor(statusCode / 100)}`);
          const wrong = fault(operation, request.url, statusCode, String(headers['content-type']), body);
          expect(
            wrong,
            `${request.method} ${request.url} ${String(payload)}: ${statusCode} ${body.slice(0, 300)}`,
          ).toBeNull();
        }),
        { numRuns: RUNS_PER_OPERATION },
      );
    }
    // Both sides of the door were tried.
    expect([...seen].filter((one) => one.endsWith(' 2')).length).toBeGreaterThan(5);
    expect([...seen].filter((one) => one.endsWith(' 4')).length).toBeGreaterThan(15);
  });
});
