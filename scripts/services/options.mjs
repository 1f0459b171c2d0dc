import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { UserError } from './user-error.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const SERVICE_NAMES = ['kafka', 'registry', 'influx', 'prometheus'];

const HINT = 'node scripts/services.mjs --help tells how to use it';

export const USAGE = `Usage: node scripts/services.mjs up|down [--only kafka,registry,influx,prometheus] [--dir D]

  up      start the servers on 127.0.0.1, wait until they answer, write and print their addresses
  down    end exactly what "up" started and remove its files
  --only  these servers alone (default: all; prometheus is optional and skipped when not installed)
  --dir   where data, logs and state live (default .services/; addresses then go to .services.env,
          with --dir to D/.services.env). Two directories are two independent instances.
`;

/**
 * @param {string[]} argv
 * @returns {{ command: 'up' | 'down' | 'help', only: string[], asked: boolean, dir: string, envFile: string }}
 */
export function parseOptions(argv) {
  const { values, positionals } = parse(argv);
  if (values.help) return { command: 'help', only: [], asked: false, dir: '', envFile: '' };
  const command = positionals[0];
  if (positionals.length !== 1 || (command !== 'up' && command !== 'down'))
    throw new UserError(['say up or down', HINT], 2);
  const only = values.only === undefined ? SERVICE_NAMES : values.only.split(',').map((name) => name.trim());
  const unknown = only.filter((name) => !SERVICE_NAMES.includes(name));
  if (unknown.length > 0) {
    throw new UserError(
      `unknown server in --only: ${unknown.join(', ')}; known: ${SERVICE_NAMES.join(', ')}`,
      2,
    );
  }
  const dir = values.dir === undefined ? path.join(ROOT, '.services') : path.resolve(values.dir);
  const envFile = path.join(values.dir === undefined ? ROOT : dir, '.services.env');
  return { command, only, asked: values.only !== undefined, dir, envFile };
}

function parse(argv) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: { only: { type: 'string' }, dir: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    throw new UserError([error.message, HINT], 2);
  }
}
