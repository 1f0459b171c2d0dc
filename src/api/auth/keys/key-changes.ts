import { NowcastError } from '../../../contracts/errors.js';
import type { ApiKeyRecord, ApiKeysFile } from '../../../contracts/generated/api-keys.js';
import { toIso } from '../../../contracts/time.js';
import type { Scope } from '../scopes.js';
import type { NewApiKey } from './api-key.js';

export const NO_KEYS: ApiKeysFile = { version: 1, keys: [] };

export type KeyState = 'valid' | 'expired' | 'revoked';

/** What a key is worth at a time. A key that is revoked in the future (a rotation with grace) is valid until then. */
export function stateOf(
  { revokedAt, expiresAt }: Pick<ApiKeyRecord, 'revokedAt' | 'expiresAt'>,
  nowMs: number,
): KeyState {
  if (revokedAt !== null && Date.parse(revokedAt) <= nowMs) return 'revoked';
  if (expiresAt !== null && Date.parse(expiresAt) <= nowMs) return 'expired';
  return 'valid';
}

/** When a key stops being valid by what is known now; null for never. */
export function endMs({ revokedAt, expiresAt }: ApiKeyRecord): number | null {
  const ends = [revokedAt, expiresAt].filter((time) => time !== null).map((time) => Date.parse(time));
  return ends.length === 0 ? null : Math.min(...ends);
}

export interface KeyOrder {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAtMs: number | null;
}

export interface KeyChange {
  readonly file: ApiKeysFile;
  readonly record: ApiKeyRecord;
}

/** @throws NowcastError INPUT_INVALID: no scope, an end that is past, or a name that a valid key has */
export function addKey(file: ApiKeysFile, order: KeyOrder, made: NewApiKey, nowMs: number): KeyChange {
  const { name, expiresAtMs } = order;
  if (expiresAtMs !== null && expiresAtMs <= nowMs)
    throw new NowcastError(
      'INPUT_INVALID',
      `the key would have expired at ${toIso(expiresAtMs)}, before now`,
    );
  if (file.keys.some((key) => key.name === name && stateOf(key, nowMs) === 'valid'))
    throw new NowcastError(
      'INPUT_INVALID',
      `a valid key is named ${JSON.stringify(name)} already; rotate it, or choose another name`,
    );
  const record = recordOf(order, made, nowMs);
  return { file: { ...file, keys: [...file.keys, record] }, record };
}

/**
 * Puts a new key with the same name and scopes in the place of one.
 * @param graceMs how long the old one goes on being valid beside it
 * @returns the new key's record
 * @throws NowcastError NOT_FOUND, INPUT_INVALID (not valid any more)
 */
export function rotateKey(
  file: ApiKeysFile,
  which: string,
  made: NewApiKey,
  { nowMs, graceMs, expiresAtMs }: { nowMs: number; graceMs: number; expiresAtMs?: number | null },
): KeyChange & { readonly replaced: ApiKeyRecord } {
  const old = requireKey(file, which, nowMs);
  const state = stateOf(old, nowMs);
  if (state !== 'valid') throw notValid(old, state);
  const end = expiresAtMs === undefined ? sameLifetime(old, nowMs) : expiresAtMs;
  const record = recordOf({ name: old.name, scopes: old.scopes, expiresAtMs: end }, made, nowMs);
  const replaced = { ...old, revokedAt: toIso(nowMs + graceMs), replacedBy: record.id };
  return { file: { ...file, keys: [...replace(file, replaced), record] }, record, replaced };
}

/**
 * Ends a key, or all valid keys of a name (a rotation with grace leaves two).
 * @throws NowcastError NOT_FOUND, INPUT_INVALID (revoked already)
 */
export function revokeKeys(
  file: ApiKeysFile,
  which: string,
  nowMs: number,
): { readonly file: ApiKeysFile; readonly records: readonly [ApiKeyRecord, ...ApiKeyRecord[]] } {
  const named = requireKey(file, which, nowMs);
  if (stateOf(named, nowMs) === 'revoked') throw notValid(named, 'revoked');
  const end = (key: ApiKeyRecord): ApiKeyRecord => ({ ...key, revokedAt: toIso(nowMs) });
  const others = file.keys.filter(
    (key) => key !== named && named.id !== which && key.name === which && stateOf(key, nowMs) === 'valid',
  );
  const records = [end(named), ...others.map(end)] as const;
  const ended = new Map(records.map((record) => [record.id, record]));
  return { file: { ...file, keys: file.keys.map((key) => ended.get(key.id) ?? key) }, records: [...records] };
}

/** By id, or by the name of a valid key. */
function requireKey(file: ApiKeysFile, which: string, nowMs: number): ApiKeyRecord {
  const byId = file.keys.find(({ id }) => id === which);
  if (byId !== undefined) return byId;
  const named = file.keys.filter(({ name }) => name === which);
  // After a rotation with grace two valid keys have the name: the one that was replaced is not what is meant.
  const valid = named.filter((key) => stateOf(key, nowMs) === 'valid' && key.replacedBy === null);
  const found = valid[0] ?? named.at(-1);
  if (found !== undefined) return found;
  throw new NowcastError('NOT_FOUND', `there is no key ${JSON.stringify(which)}; see \`nowcast keys list\``);
}

function replace(file: ApiKeysFile, record: ApiKeyRecord): ApiKeyRecord[] {
  return file.keys.map((key) => (key.id === record.id ? record : key));
}

function sameLifetime({ createdAt, expiresAt }: ApiKeyRecord, nowMs: number): number | null {
  return expiresAt === null ? null : nowMs + Date.parse(expiresAt) - Date.parse(createdAt);
}

function recordOf(
  { name, scopes, expiresAtMs }: KeyOrder,
  { id, sha256 }: NewApiKey,
  nowMs: number,
): ApiKeyRecord {
  const [first, ...others] = new Set(scopes);
  if (first === undefined) throw new NowcastError('INPUT_INVALID', 'a key needs at least one scope');
  return {
    id,
    name,
    scopes: [first, ...others],
    sha256,
    createdAt: toIso(nowMs),
    expiresAt: expiresAtMs === null ? null : toIso(expiresAtMs),
    revokedAt: null,
    replacedBy: null,
  };
}

function notValid({ id, name }: ApiKeyRecord, state: KeyState): NowcastError {
  return new NowcastError('INPUT_INVALID', `key ${id} (${name}) is ${state} already`);
}
