import { statSync } from 'node:fs';
import { stateOf } from '../api/auth/keys/key-changes.js';
import { readKeyFile } from '../api/auth/keys/key-file.js';
import type { RuntimeConfig } from '../config/types.js';
import { messageOf, NowcastError } from '../contracts/errors.js';
import type { ApiKeyRecord } from '../contracts/generated/api-keys.js';
import type { DoctorFinding } from './doctor.js';

const OTHERS_MAY_READ = 0o004;

/**
 * Whether the API keys can be used: the file is one and is for its owner alone, and some key can still make others.
 * @param nowMs the wall clock: keys expire in it
 */
export function examineKeys(config: Pick<RuntimeConfig, 'auth' | 'admin'>, nowMs: number): DoctorFinding {
  const name = 'API keys';
  try {
    return { name, ok: true, detail: keysOf(config, nowMs) };
  } catch (error) {
    return { name, ok: false, detail: messageOf(error) };
  }
}

function keysOf({ auth, admin }: Pick<RuntimeConfig, 'auth' | 'admin'>, nowMs: number): string {
  const { keysFile } = auth;
  const { keys } = readKeyFile(keysFile);
  const stats = statSync(keysFile, { throwIfNoEntry: false });
  if (stats !== undefined && (stats.mode & OTHERS_MAY_READ) !== 0)
    throw invalid(`key file ${keysFile} may be read by everybody on this machine; chmod 600 it`);
  if (keys.length === 0) return `none yet in ${keysFile}; \`nowcast keys create\` makes one`;
  const valid = keys.filter((key) => stateOf(key, nowMs) === 'valid');
  const others = admin.key !== undefined || auth.jwt !== null;
  if (!others && keys.some(isAdmin) && !valid.some(isAdmin))
    throw invalid(
      `no key with the scope admin is valid any more (${keys.filter(isAdmin).map(told(nowMs)).join(', ')}), so the API can ` +
        'make none; make one with `nowcast keys create --name NAME --scopes admin`',
    );
  return `${valid.length} of ${keys.length} in ${keysFile} are valid`;
}

function isAdmin({ scopes }: ApiKeyRecord): boolean {
  return scopes.includes('admin');
}

function told(nowMs: number): (key: ApiKeyRecord) => string {
  return (key) => `${key.name} is ${stateOf(key, nowMs)}`;
}

function invalid(message: string): NowcastError {
  return new NowcastError('CONFIG_INVALID', message);
}
