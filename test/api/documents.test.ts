import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/api/auth/scopes.js';
import { Serving } from '../feed/serving.js';
import { readSchema } from '../feed/schema-file.js';

const root = path.resolve(import.meta.dirname, '..', '..');
const text = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface OpenApi {
  readonly paths: Record<string, Record<string, { summary?: string; security?: Record<string, string[]>[] }>>;
}

let serving: Serving;
beforeAll(async () => {
  serving = await Serving.start();
});
afterAll(() => serving.stop());

describe('docs/api.md', () => {
  it('has every route with its scope and what it does, and no other', () => {
    const { paths } = serving.server.fastify.swagger() as unknown as OpenApi;
    const rows = Object.entries(paths).flatMap(([url, methods]) =>
      Object.entries(methods)
        .filter(([method]) => method !== 'head')
        .map(([method, { summary = '', security = [] }]) => {
          const scope = security[0]?.['bearer']?.[0] ?? 'open';
          return `${method.toUpperCase()} ${url} | ${scope} | ${summary}`;
        }),
    );
    const documented = [...text('docs/api.md').matchAll(/^\| `(\w+ \/\S*)` *\| (\w+) *\| (.*?) *\|$/gm)];
    const written = documented.map(
      ([, route = '', scope = '', what = '']) => `${route} | ${scope} | ${what}`,
    );
    const missing = rows
      .filter((row) => !written.includes(row))
      .map((row) => `| \`${row.replace(' |', '` |')} |`);
    expect(missing, 'rows to add to docs/api.md').toEqual([]);
    expect(
      written.filter((row) => !rows.includes(row)),
      'rows to take out of docs/api.md',
    ).toEqual([]);
  });

  it('shows every route of the OpenAPI document with the scope that the gate asks for', () => {
    const { paths } = serving.server.fastify.swagger() as unknown as OpenApi;
    for (const { method, url, access } of serving.server.routes) {
      const operation = paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
      if (operation === undefined) continue;
      expect(operation.security, `${method} ${url}`).toEqual(access === 'open' ? [] : [{ bearer: [access] }]);
    }
  });
});

describe('docs/security.md', () => {
  const guide = text('docs/security.md');

  it('names only settings that the configuration has', () => {
    const schema = readSchema('config') as { properties: Record<string, { properties?: object }> };
    const named = [...guide.matchAll(/`(auth|http)\.(\w+)/g)];
    expect(named.length).toBeGreaterThan(8);
    for (const [, section = '', name = ''] of named)
      expect(Object.keys(schema.properties[section]?.properties ?? {})).toContain(name);
    const read = ['auth-settings', 'load-config'].map((name) => text(`src/config/${name}.ts`)).join('\n');
    for (const [name] of guide.matchAll(/NOWCAST_[A-Z_]+/g)) {
      const known = read.includes(`'${name}'`) || read.includes(`'${name.replace(/_FILE$/, '')}'`);
      expect(known, name).toBe(true);
    }
  });

  it('explains every scope', () => {
    for (const scope of SCOPES) expect(guide).toMatch(new RegExp(`^\\| \`${scope}\` `, 'm'));
  });

  it('has a configuration that is one', () => {
    for (const [, example = ''] of guide.matchAll(/```json\n([\s\S]*?)```/g))
      expect(() => void JSON.parse(example)).not.toThrow();
  });
});
