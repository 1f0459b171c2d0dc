import { Command, InvalidArgumentError } from 'commander';
import { newApiKey } from '../api/auth/keys/api-key.js';
import { addKey, revokeKeys, rotateKey, stateOf } from '../api/auth/keys/key-changes.js';
import { changeKeyFile, readKeyFile } from '../api/auth/keys/key-file.js';
import { readKeyUse } from '../api/auth/keys/key-usage.js';
import { isScope, SCOPES, type Scope } from '../api/auth/scopes.js';
import type { ApiKeyRecord } from '../contracts/generated/api-keys.js';
import { writeKeyAudit } from './key-audit.js';
import {
  configFrom,
  parseDuration,
  parseOutputFile,
  parseTime,
  withCommonOptions,
  writeJson,
  type CommonOptions,
} from './options.js';
import { table } from './table.js';

const MAX_NAME_LENGTH = 80;

interface KeysOptions extends CommonOptions {
  json?: string | true;
}

interface CreateOptions extends KeysOptions {
  name: string;
  scopes: readonly Scope[];
  expires?: number;
}

interface RotateOptions extends KeysOptions {
  grace: number;
  expires?: number;
}

const EXPIRES = [
  '--expires <when>',
  'a duration from now such as 90d, a date or a time; never when left out',
  parseEnd,
] as const;
const WHICH = ['<key>', 'its id or its name, as `nowcast keys list` shows them'] as const;

export function keysCommand(): Command {
  const keys = new Command('keys').description(
    'create, list, rotate or revoke the API keys of callers; a running service sees changes within two seconds',
  );
  const commands = [
    subcommand('create', 'make a key and print it, this once; only its hash is kept')
      .requiredOption('--name <name>', 'who or what will use it, for people', parseName)
      .requiredOption(
        '--scopes <list>',
        `what it may do, separated by commas: ${SCOPES.join(', ')}; admin implies all`,
        parseScopes,
      )
      .option(...EXPIRES)
      .action(create),
    subcommand('list', 'every key with its scopes, its state and when it was last used').action(list),
    subcommand('rotate', 'make a new key with the name and scopes of one, which ends')
      .argument(...WHICH)
      .option(
        '--grace <duration>',
        'how long the old key stays valid beside the new one, such as 24h',
        parseDuration,
        0,
      )
      .option(
        '--expires <when>',
        'end of the new key, as in create; as long a life as the old one when left out',
        parseEnd,
      )
      .action(rotate),
    subcommand('revoke', 'end a key now, or all valid keys of a name')
      .argument(...WHICH)
      .action(revoke),
  ];
  for (const command of commands) keys.addCommand(command);
  return keys;
}

function subcommand(name: string, description: string): Command {
  return withCommonOptions(new Command(name).description(description)).option(
    '--json [file]',
    'machine-readable output, to standard output or a file',
    parseOutputFile,
  );
}

async function create(options: CreateOptions): Promise<void> {
  const config = configFrom(options);
  const made = newApiKey();
  const { name, scopes, expires: expiresAtMs = null } = options;
  const { record } = await changeKeyFile(config.auth.keysFile, (file) =>
    addKey(file, { name, scopes, expiresAtMs }, made, Date.now()),
  );
  handOver(made.key, record, options);
  await writeKeyAudit(config, 'keys.create', record);
}

async function rotate(which: string, options: RotateOptions): Promise<void> {
  const config = configFrom(options);
  const made = newApiKey();
  const { grace: graceMs, expires } = options;
  const { record, replaced } = await changeKeyFile(config.auth.keysFile, (file) =>
    rotateKey(file, which, made, {
      nowMs: Date.now(),
      graceMs,
      ...(expires === undefined ? {} : { expiresAtMs: expires }),
    }),
  );
  handOver(made.key, record, options);
  process.stderr.write(`key ${replaced.id} ends at ${String(replaced.revokedAt)}\n`);
  await writeKeyAudit(config, 'keys.rotate', replaced, { replacedBy: record.id });
}

async function revoke(which: string, options: KeysOptions): Promise<void> {
  const config = configFrom(options);
  const { records } = await changeKeyFile(config.auth.keysFile, (file) =>
    revokeKeys(file, which, Date.now()),
  );
  if (options.json !== undefined) writeJson(options.json, records.map(shown));
  for (const record of records) {
    if (options.json === undefined) process.stdout.write(`key ${record.id} (${record.name}) is revoked\n`);
    await writeKeyAudit(config, 'keys.revoke', record);
  }
}

function list(options: KeysOptions): void {
  const { keysFile, keyUseFile } = configFrom(options).auth;
  const { keys } = readKeyFile(keysFile);
  const used = readKeyUse(keyUseFile);
  const now = Date.now();
  if (options.json !== undefined) {
    writeJson(
      options.json,
      keys.map((key) => ({ ...shown(key), state: stateOf(key, now), lastUsedAt: used[key.id] ?? null })),
    );
    return;
  }
  if (keys.length === 0) {
    process.stdout.write('no keys yet; `nowcast keys create --name NAME --scopes read` makes one\n');
    return;
  }
  const rows = keys.map((key) => [
    key.id,
    key.name,
    key.scopes.join(','),
    stateOf(key, now),
    key.createdAt,
    key.expiresAt ?? 'never',
    used[key.id] ?? 'never',
  ]);
  process.stdout.write(table(['id', 'name', 'scopes', 'state', 'created', 'expires', 'last used'], rows));
}

/** The key alone on standard output, so that it can be taken into a variable or a file; what it is on standard error. */
function handOver(key: string, record: ApiKeyRecord, { json }: KeysOptions): void {
  if (json !== undefined) {
    writeJson(json, { key, ...shown(record) });
    return;
  }
  process.stdout.write(`${key}\n`);
  const end = record.expiresAt === null ? 'does not expire' : `expires at ${record.expiresAt}`;
  process.stderr.write(
    `key ${record.id} (${record.name}) may ${record.scopes.join(', ')} and ${end}; it is not shown again\n`,
  );
}

/** Without the hash, which nobody needs to see. */
function shown({ sha256: _, ...record }: ApiKeyRecord): Omit<ApiKeyRecord, 'sha256'> {
  return record;
}

function parseName(text: string): string {
  const name = text.trim();
  if (name !== '' && name.length <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(name)) return name;
  throw new InvalidArgumentError(`a name has 1 to ${MAX_NAME_LENGTH} printable characters.`);
}

function parseScopes(text: string): Scope[] {
  return text.split(',').map((item) => {
    const scope = item.trim();
    if (isScope(scope)) return scope;
    throw new InvalidArgumentError(`${JSON.stringify(scope)} is no scope; there are ${SCOPES.join(', ')}.`);
  });
}

function parseEnd(text: string): number {
  try {
    return Date.now() + parseDuration(text);
  } catch {
    // Not a duration, so a time.
  }
  try {
    return parseTime(text);
  } catch {
    throw new InvalidArgumentError(
      'expected a duration such as 90d, a date such as 2027-01-31 or an ISO 8601 time.',
    );
  }
}
