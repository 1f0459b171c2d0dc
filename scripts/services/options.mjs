import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { UserError } from './user-error.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const SERVICE_NAMES = ['kafka', 'registry', 'influx', 'prometheus'];

const COMMANDS = ['up', 'down', 'check'];
const HINT = 'node scripts/services.mjs --help tells how to use it';

export const USAGE = `Usage: node scripts/services.mjs up|down|check [--only kafka,registry,influx,prometheus] [--dir D]

  up      start the servers on 127.0.0.1, wait until they answer, write and print their addresses
  down    end exactly what "up" started and remove its files
  check   say what this machine lacks for them; exit status 1 when something is missing
  --only  these servers alone (default: all; prometheus is optional and skipped when not installed)
  --dir   where data, logs and state live (default .services/; addresses then go to .services.env,
          with --dir to D/.services.env). Two directories are two independent instances.
  --while-pid N  with up: take them down by itself when process N ends
`;

/**
 * @param {string[]} argv
 * @returns {{ command: 'up' | 'down' | 'check' | 'help', only: string[], asked: boolean, dir: string, envFile: string, whilePid: number | null }}
 */
export function parseOptions(argv) {
  const { values, positionals } = parse(argv);
  if (values.help) return { command: 'help', only: [], asked: false, dir: '', envFile: '', whilePid: null };
  const command = positionals[0];
  if (positionals.length !== 1 || !COMMANDS.includes(command)) {
    throw new UserError([`say one of: ${COMMANDS.join(', ')}`, HINT], 2);
  }
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
  return {
    command,
    only,
    asked: values.only !== undefined,
    dir,
    envFile,
    whilePid: pidOf(values['while-pid']),
  };
}

function parse(argv) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        only: { type: 'string' },
        dir: { type: 'string' },
        'while-pid': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UserError([error.message, HINT], 2);
  }
}

function pidOf(text) {
  if (text === undefined) return null;
  const pid = Number(text);
  if (!Number.isInteger(pid) || pid <= 0)
    throw new UserError(`--while-pid wants a process id, not ${text}`, 2);
  return pid;
}
