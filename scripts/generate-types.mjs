// Generates src/contracts/generated/*.ts from schemas/*.json; with --check it fails when they are stale.
import { readdir, readFile, writeFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { compile } from 'json-schema-to-typescript';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const schemasDir = path.join(root, 'schemas');
const outDir = path.join(root, 'src', 'contracts', 'generated');
const check = process.argv.includes('--check');
const options = {
  bannerComment: '/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */',
  additionalProperties: false,
  strictIndexSignatures: true,
  style: { printWidth: 110, singleQuote: true, trailingComma: 'all' },
};

await mkdir(outDir, { recursive: true });
const names = (await readdir(schemasDir)).filter((name) => name.endsWith('.json')).sort();
let stale = 0;
for (const name of names) {
  const schema = JSON.parse(await readFile(path.join(schemasDir, name), 'utf8'));
  const file = path.join(outDir, name.replace(/\.json$/, '.ts'));
  const text = await compile(schema, schema.title, options);
  const current = await readFile(file, 'utf8').catch(() => '');
  if (current === text) continue;
  if (check) {
    process.stderr.write(`stale: ${path.relative(root, file)}; run \`npm run generate\`\n`);
    stale += 1;
  } else {
    await writeFile(file, text);
  }
}
if (stale > 0) process.exitCode = 1;
