// Generates the Grafana dashboards and all alerting rules from grafana/src; with --check it fails when a file is stale.
// --docs-url URL: where the guides are read that dashboards and alerts link to, instead of the compose file's gateway.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { runnerImport } from 'vite';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const { check, 'docs-url': docsUrl } = parseArgs({
  options: { check: { type: 'boolean', default: false }, 'docs-url': { type: 'string' } },
}).values;
const { module } = await runnerImport(path.join(root, 'grafana', 'src', 'files.ts'), {
  root,
  configFile: false,
  logLevel: 'error',
});

let stale = 0;
for (const [name, text] of module.generatedFiles(docsUrl?.replace(/\/+$/, ''))) {
  const file = path.join(root, name);
  const formatted = await format(text, { ...(await resolveConfig(file)), filepath: file });
  if (formatted === (await readFile(file, 'utf8').catch(() => ''))) continue;
  if (check) {
    process.stderr.write(`stale: ${name}; run \`npm run generate:grafana\`\n`);
    stale += 1;
  } else {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, formatted);
  }
}
if (stale > 0) process.exitCode = 1;
