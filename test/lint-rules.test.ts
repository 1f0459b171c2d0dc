import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
let untyped: ESLint;
let typed: ESLint;

/** The architecture rules need no types, so snippets may stand for files that do not exist. */
beforeAll(() => {
  const withoutTypes = {
    files: ['**/*.ts'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { parserOptions: { projectService: false } },
  };
  untyped = new ESLint({ cwd: root, overrideConfig: [withoutTypes] as never });
  typed = new ESLint({ cwd: root, ignore: false });
});

async function rulesBrokenBy(code: string, file: string, eslint = untyped): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: path.join(root, file) });
  const messages = result?.messages ?? [];
  const fatal = messages.find((message) => message.fatal);
  if (fatal !== undefined) throw new Error(`${file} was not linted: ${fatal.message}`);
  return [...new Set(messages.map((message) => message.ruleId ?? 'none'))];
}

const imports = '@typescript-eslint/no-restricted-imports';
const syntax = 'no-restricted-syntax';
const globals = 'no-restricted-globals';
const pureFiles = [
  'src/features/lags.ts',
  'src/quality/rules/spike.ts',
  'src/accuracy/window.ts',
  'src/nowcast/step.ts',
  'src/nowcast/step-compose.ts',
  'src/feed/protocol.ts',
  'src/client/machine.ts',
  'src/train/gbdt/grow.ts',
];

describe('pure code', () => {
  const forbidden: [string, string, string][] = [
    ['a node module', `import { readFileSync } from 'node:fs';\nexport const f = readFileSync;`, imports],
    [
      'a node module without its prefix',
      `import { readFileSync } from 'fs';\nexport const f = readFileSync;`,
      imports,
    ],
    [
      'a sub-path of a node module',
      `import { readFile } from 'node:fs/promises';\nexport const f = readFile;`,
      imports,
    ],
    ['a client library', `import { open } from 'lmdb';\nexport const f = open;`, imports],
    ['a folder that does IO', `import { open } from '../log/embedded.js';\nexport const f = open;`, imports],
    ['random bytes', `import { randomBytes } from 'node:crypto';\nexport const f = randomBytes;`, imports],
    ['Date.now()', `export const f = (): number => Date.now();`, syntax],
    ['Date.now passed on', `export const f = Date.now;`, syntax],
    ['new Date() without arguments', `export const f = (): Date => new Date();`, syntax],
    ['Date() as a function', `export const f = (): string => Date();`, syntax],
    ['Math.random()', `export const f = (): number => Math.random();`, syntax],
    ['process.env', `export const f = process.env.HOME;`, syntax],
    ['process', `export const f = process.argv;`, globals],
    ['a dynamic import', `export const f = async (): Promise<unknown> => import('node:fs');`, syntax],
    ['a timer', `export const f = (): void => { setTimeout(f, 1); };`, globals],
    ['the network', `export const f = async (): Promise<unknown> => fetch('http://a');`, globals],
  ];

  for (const file of pureFiles) {
    it.each(forbidden)(`${file} may not use %s`, async (_what, code, rule) => {
      expect(await rulesBrokenBy(code, file)).toContain(rule);
    });
  }

  it.each(pureFiles)('%s may hash, make dates of given instants and use types of a port', async (file) => {
    const code = [
      `import { createHash } from 'node:crypto';`,
      `import type { EventLog } from '../log/event-log.js';`,
      `export const f = (ms: number, log: EventLog): string => createHash('sha256').update(new Date(ms).toISOString() + log.kind).digest('hex');`,
    ].join('\n');
    expect(await rulesBrokenBy(code, file)).toEqual([]);
  });
});

describe('boundaries', () => {
  const kafka = `import { Kafka } from 'kafkajs';\nexport const k = Kafka;`;
  const registry = `import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';\nexport const k = SchemaRegistry;`;
  const lazyKafka = `export const k = async (): Promise<unknown> => import('kafkajs');`;
  const influx = `import { InfluxDB } from 'influx';\nexport const k = InfluxDB;`;
  const lazyInflux = `export const k = async (): Promise<unknown> => import('influx');`;
  const env = `export const home = process.env.HOME;`;
  const envDestructured = `const { env } = process;\nexport const home = env;`;
  const envImported = `import { env } from 'node:process';\nexport const home = env;`;

  it.each([
    ['kafkajs', kafka, imports],
    ['kafkajs, lazily', lazyKafka, syntax],
    ['the registry client', registry, imports],
    ['influx', influx, imports],
    ['influx, lazily', lazyInflux, syntax],
    ['process.env', env, syntax],
    ['process.env by destructuring', envDestructured, syntax],
    ['process.env by import', envImported, syntax],
  ])('an ordinary file may not use %s', async (_what, code, rule) => {
    expect(await rulesBrokenBy(code, 'src/ops/backup.ts')).toContain(rule);
  });

  it.each([
    ['kafkajs', kafka, 'src/log/kafka.ts'],
    ['kafkajs', kafka, 'src/log/kafka-consumer.ts'],
    ['the registry client', registry, 'src/log/kafka-codec.ts'],
    ['influx', influx, 'src/history/influx-history.ts'],
    ['process.env', env, 'src/config/environment.ts'],
  ])('%s is allowed where it belongs', async (_what, code, file) => {
    expect(await rulesBrokenBy(code, file)).toEqual([]);
  });

  it.each([
    ['kafkajs in the embedded log', kafka, 'src/log/embedded.ts', imports],
    ['influx in the embedded history', influx, 'src/history/embedded-history.ts', imports],
    ['kafkajs in the configuration', kafka, 'src/config/load.ts', imports],
    ['process.env in the Kafka log', env, 'src/log/kafka.ts', syntax],
    [
      'a node module in the page',
      `import { hostname } from 'node:os';\nexport const h = hostname;`,
      'src/web/main.ts',
      imports,
    ],
  ])('refuses %s', async (_what, code, file, rule) => {
    expect(await rulesBrokenBy(code, file)).toContain(rule);
  });
});

describe('every file', () => {
  it('stays under 280 lines', async () => {
    const code = Array.from({ length: 281 }, (_, i) => `export const v${String(i)} = ${String(i)};`).join(
      '\n',
    );
    expect(await rulesBrokenBy(code, 'src/ops/long.ts')).toContain('max-lines');
    expect(await rulesBrokenBy(code.split('\n').slice(1).join('\n'), 'src/ops/long.ts')).toEqual([]);
  });

  it('needs no directive that suppresses nothing', async () => {
    const messages = await untyped.lintText('// eslint-disable-next-line eqeqeq\nexport const a = 1;\n', {
      filePath: path.join(root, 'src/ops/a.ts'),
    });
    expect(messages[0]?.messages.map((message) => message.message).join()).toMatch(/Unused eslint-disable/);
  });

  it('awaits or handles its promises', async () => {
    const code = `export function f(): void {\n  Promise.resolve(1);\n}\n`;
    expect(await rulesBrokenBy(code, 'src/contracts/time.ts', typed)).toContain(
      '@typescript-eslint/no-floating-promises',
    );
  });

  it('takes no part in an import cycle', async () => {
    const file = 'test/fixtures/lint/cycle-a.ts';
    expect(await rulesBrokenBy(await readFile(path.join(root, file), 'utf8'), file, typed)).toContain(
      'import-x/no-cycle',
    );
  });
});
