import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTopicSpecs } from '../../src/log/topic-specs.js';
import { servicesOrSkip, uniqueName } from './support/services.js';

const services = await servicesOrSkip(['registry']);
const schemas = path.resolve(import.meta.dirname, '..', '..', 'schemas');
const specs = loadTopicSpecs();

type JsonSchema = Record<string, unknown> & { properties: Record<string, unknown>; required: string[] };
const current = (name: string): JsonSchema => read(path.join(schemas, `${name}.json`));
const previous = (name: string): JsonSchema => read(path.join(schemas, 'previous', `${name}.json`));

function read(file: string): JsonSchema {
  return JSON.parse(readFileSync(file, 'utf8')) as JsonSchema;
}

/** Changes after which a consumer with the new schema can no longer read what was written with the old one. */
const INCOMPATIBLE: Readonly<Record<string, (schema: JsonSchema) => JsonSchema>> = {
  'a new field that is required': (schema) => ({
    ...schema,
    properties: { ...schema.properties, operator: { type: 'string' } },
    required: [...schema.required, 'operator'],
  }),
  'another type of a field': (schema) => ({
    ...schema,
    properties: { ...schema.properties, zone: { type: 'integer' } },
  }),
  'a field that is gone': (schema) => {
    const { zone: _zone, ...properties } = schema.properties;
    return { ...schema, properties, required: schema.required.filter((name) => name !== 'zone') };
  },
};

describe.skipIf(services.skipReason !== null)('compatibility of the schemas, by the registry', () => {
  async function ask(
    method: string,
    where: string,
    body: object,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
    const response = await fetch(`${services.registryUrl}${where}`, {
      method,
      headers,
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
  const versionOf = (schema: JsonSchema) => ({ schemaType: 'JSON', schema: JSON.stringify(schema) });

  /** A subject of its own that has the previous version and asks for BACKWARD. */
  async function subjectWith(schema: JsonSchema): Promise<string> {
    const subject = uniqueName('compatibility');
    expect((await ask('POST', `/subjects/${subject}/versions`, versionOf(schema))).status).toBe(200);
    expect((await ask('PUT', `/config/${subject}`, { compatibility: 'BACKWARD' })).status).toBe(200);
    return subject;
  }
  const check = (subject: string, schema: JsonSchema) =>
    ask('POST', `/compatibility/subjects/${subject}/versions/latest`, versionOf(schema));

  it.each(specs)('$name: the schema reads what the version before it wrote', async ({ valueSchema }) => {
    const subject = await subjectWith(previous(valueSchema));
    expect((await check(subject, current(valueSchema))).body['is_compatible']).toBe(true);
    expect((await ask('POST', `/subjects/${subject}/versions`, versionOf(current(valueSchema)))).status).toBe(
      200,
    );
  });

  it.each(Object.entries(INCOMPATIBLE))('%s is refused', async (_what, change) => {
    const subject = await subjectWith(current('nowcast'));
    const changed = change(current('nowcast'));
    expect((await check(subject, changed)).body['is_compatible']).toBe(false);
    expect((await ask('POST', `/subjects/${subject}/versions`, versionOf(changed))).status).toBe(409);
  });

  it('a new field that may be absent is taken', async () => {
    const schema = current('nowcast');
    const subject = await subjectWith(schema);
    const wider = { ...schema, properties: { ...schema.properties, operator: { type: 'string' } } };
    expect((await check(subject, wider)).body['is_compatible']).toBe(true);
  });
});
