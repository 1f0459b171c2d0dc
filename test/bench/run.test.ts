import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const isBuilt = existsSync(path.join(ROOT, 'dist', 'roles', 'context.js'));
if (!isBuilt) console.warn('skipped: the benchmarks run the built program; npm run build makes it');

interface Result {
  name: string;
  environment: { node: string; cores: number };
  tables: { caption: string; columns: string[]; rows: (string | number)[][] }[];
}

const dir = mkdtempSync(path.join(tmpdir(), 'nowcast-bench-test-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

async function bench(...args: string[]): Promise<void> {
  // Servers that happen to run are not what is tested here.
  const env = { ...process.env, KAFKA_BROKERS: '', SCHEMA_REGISTRY_URL: '', INFLUX_URL: '' };
  await promisify(execFile)(process.execPath, [path.join(ROOT, 'bench', 'run.mjs'), ...args], { env });
}

describe.skipIf(!isBuilt)('npm run bench', () => {
  it('measures its parts, with figures that are finite and above zero, and leaves the document alone', async () => {
    const document = path.join(ROOT, 'docs', 'performance.md');
    const before = readFileSync(document, 'utf8');
    const only = ['features', 'codec', 'log'];
    const file = path.join(dir, 'results.json');
    await bench('--quick', '--only', only.join(','), '--json', file);
    const results = JSON.parse(readFileSync(file, 'utf8')) as Result[];
    expect(results.map(({ name }) => name)).toEqual(only);
    for (const { environment, tables } of results) {
      expect(environment.node).toBe(process.version);
      expect(tables.length).toBeGreaterThan(0);
      for (const { caption, columns, rows } of tables) {
        expect(rows.length, caption).toBeGreaterThan(0);
        for (const row of rows) {
          expect(row, caption).toHaveLength(columns.length);
          const figures = row.filter((cell) => typeof cell === 'number');
          expect(figures.length, caption).toBeGreaterThan(0);
          for (const figure of figures) {
            expect(Number.isFinite(figure), `${caption}: ${row.join()}`).toBe(true);
            expect(figure, `${caption}: ${row.join()}`).toBeGreaterThan(0);
          }
        }
      }
    }
    expect(readFileSync(document, 'utf8')).toBe(before);
  });

  it('names what it does not know and exits with 2', async () => {
    await expect(bench('--only', 'speed')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/unknown speed; there are features, /),
    });
  });
});
