import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { packageRoot } from '../../../config/package-root.js';
import { messageOf, NowcastError } from '../../../contracts/errors.js';
import { fileProblem } from '../../../contracts/file-problem.js';
import type { ApiKeysFile } from '../../../contracts/generated/api-keys.js';
import { withLock, writeAtomically } from './atomic-file.js';
import { NO_KEYS } from './key-changes.js';

const OTHERS_MAY_WRITE = 0o022;
let validate: ((value: unknown) => string | null) | null = null;

/** Changes when the file does; null when there is none. */
export function fileStamp(file: string): string | null {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return null;
  return [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join('/');
}

/**
 * The keys of a file; none when there is no file.
 * @throws NowcastError CONFIG_INVALID when it cannot be read, is not what `nowcast keys` writes, or may be written by others
 */
export function readKeyFile(file: string): ApiKeysFile {
  const text = readText(file);
  if (text === null) return NO_KEYS;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new NowcastError('CONFIG_INVALID', `key file ${file} is not JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
  validate ??= compile();
  const problem = validate(value);
  if (problem !== null) throw new NowcastError('CONFIG_INVALID', `key file ${file}: ${problem}`);
  return value as ApiKeysFile;
}

/**
 * Changes the file while no other process does.
 * @param change may throw: then nothing is written
 */
export function changeKeyFile<C extends { readonly file: ApiKeysFile }>(
  file: string,
  change: (current: ApiKeysFile) => C,
): Promise<C> {
  return withLock(file, async () => {
    const changed = change(readKeyFile(file));
    await writeAtomically(file, `${JSON.stringify(changed.file, null, 2)}\n`);
    return changed;
  });
}

function readText(file: string): string | null {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return null;
    if ((stats.mode & OTHERS_MAY_WRITE) !== 0)
      throw new NowcastError(
        'CONFIG_INVALID',
        `key file ${file} may be written by others than its owner, who could give themselves a key; chmod go-w it`,
      );
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof NowcastError) throw error;
    throw new NowcastError('CONFIG_INVALID', `key file ${file}: ${fileProblem(error)}`, { cause: error });
  }
}

function compile(): (value: unknown) => string | null {
  const ajv = new Ajv({ allErrors: false });
  addFormats.default(ajv);
  const schema = path.join(packageRoot(), 'schemas', 'api-keys.json');
  const check = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')) as object);
  return (value) => {
    if (check(value)) return null;
    const [first] = check.errors ?? [];
    return `${first?.instancePath ?? ''} ${first?.message ?? 'is not valid'}`.trim();
  };
}
