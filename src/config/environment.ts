import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { NowcastError } from '../contracts/errors.js';
import { fileProblem } from '../contracts/file-problem.js';

/** A look-up of settings by name; secrets may come from a file named by `<NAME>_FILE`. */
export interface Environment {
  get(name: string): string | undefined;
}

/**
 * The only reader of process.env. Values of `envFile` (as written by `npm run services:up`) stand below the real
 * environment, so that an operator can always override a file.
 * @throws NowcastError CONFIG_INVALID when the file or a `*_FILE` cannot be read
 */
export function readEnvironment(envFile?: string): Environment {
  const fromFile = envFile === undefined ? {} : parseEnvFile(envFile);
  const lookup = (name: string) => nonEmpty(process.env[name]) ?? nonEmpty(fromFile[name]);
  return {
    get(name) {
      const secretFile = lookup(`${name}_FILE`);
      return secretFile === undefined ? lookup(name) : readText(secretFile, `${name}_FILE`).trim();
    },
  };
}

function parseEnvFile(file: string): Record<string, string | undefined> {
  return parseEnv(readText(file, '--env-file'));
}

function readText(file: string, origin: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new NowcastError('CONFIG_INVALID', `${origin}: cannot read ${file}: ${fileProblem(error)}`, {
      cause: error,
    });
  }
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
