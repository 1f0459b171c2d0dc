import { messageOf, NowcastError } from '../../../contracts/errors.js';
import type { ApiKeyRecord, ApiKeysFile } from '../../../contracts/generated/api-keys.js';
import type { CredentialChecker, Principal } from '../principal.js';
import { idOfApiKey, looksLikeApiKey, matchesApiKey } from './api-key.js';
import { endMs, stateOf } from './key-changes.js';
import { changeKeyFile, fileStamp, readKeyFile } from './key-file.js';
import { KeyUsage, type KeyUse } from './key-usage.js';

/** How soon a running service sees a change of the file. */
const POLL_MS = 1_000;
const SAVE_USE_MS = 30_000;

export interface KeyStoreOptions {
  readonly file: string;
  /** Where it is kept when each key was last used. */
  readonly useFile: string;
  readonly nowMs?: () => number;
  /** Told once for each new problem: a file that cannot be read, or written. */
  readonly onProblem: (error: unknown) => void;
  /** The file can be read again. */
  readonly onMended?: () => void;
  readonly pollMs?: number;
}

/**
 * The API keys of a running service. The file is read again when it changes. While it cannot be read no key is accepted:
 * one that was revoked in it must not live on.
 */
export class KeyStore implements CredentialChecker {
  private keys: ReadonlyMap<string, ApiKeyRecord> = new Map();
  private stamp: string | null = null;
  private problem: string | null = null;
  private readonly usage: KeyUsage;
  private readonly nowMs: () => number;
  private readonly timers: NodeJS.Timeout[];

  /** @throws NowcastError CONFIG_INVALID when the file cannot be used at the start */
  constructor(private readonly options: KeyStoreOptions) {
    this.nowMs = options.nowMs ?? Date.now;
    this.usage = new KeyUsage(options.useFile);
    this.stamp = fileStamp(options.file);
    this.keys = byId(readKeyFile(options.file).keys);
    const poll = setInterval(() => {
      this.refresh();
    }, options.pollMs ?? POLL_MS);
    const save = setInterval(() => {
      this.saveUse().catch(options.onProblem);
    }, SAVE_USE_MS);
    this.timers = [poll.unref(), save.unref()];
  }

  get configured(): boolean {
    return this.keys.size > 0;
  }

  async check(credential: string): Promise<Principal | null> {
    if (!looksLikeApiKey(credential)) return null;
    if (this.problem !== null)
      throw new NowcastError(
        'AUTH_UNAVAILABLE',
        'keys cannot be checked now; the status and the log say why',
      );
    const id = idOfApiKey(credential);
    if (id === null)
      throw refused('this API key is malformed; it must be pnk_<id>_<secret>, whole and unchanged');
    const record = this.keys.get(id);
    // Only who holds the whole key learns what became of it.
    if (record === undefined || !matchesApiKey(credential, record.sha256))
      throw refused('this API key is not known here; `nowcast keys list` shows the keys there are');
    const now = this.nowMs();
    const state = stateOf(record, now);
    if (state !== 'valid') {
      const when = state === 'revoked' ? record.revokedAt : record.expiresAt;
      throw refused(`API key ${id} is ${state} since ${String(when)}`, `key:${id}`);
    }
    this.usage.used(id, now);
    return { id: `key:${id}`, name: record.name, scopes: new Set(record.scopes), expiresAtMs: endMs(record) };
  }

  stillValid({ id }: Principal): boolean {
    const record = id.startsWith('key:') ? this.keys.get(id.slice('key:'.length)) : undefined;
    return record !== undefined && stateOf(record, this.nowMs()) === 'valid';
  }

  /** The keys as the file has them. */
  list(): readonly ApiKeyRecord[] {
    return [...this.keys.values()];
  }

  lastUsed(): KeyUse {
    return this.usage.lastUsed();
  }

  /** Changes the file; the change holds at once in this service. @param change may throw: then nothing is written */
  async change<C extends { readonly file: ApiKeysFile }>(change: (current: ApiKeysFile) => C): Promise<C> {
    const changed = await changeKeyFile(this.options.file, change);
    this.refresh();
    return changed;
  }

  /** Reads the file again if it changed. */
  refresh(): void {
    const { file, onProblem } = this.options;
    try {
      const stamp = fileStamp(file);
      if (stamp === this.stamp && this.problem === null) return;
      this.keys = byId(readKeyFile(file).keys);
      this.stamp = stamp;
      if (this.problem !== null) this.options.onMended?.();
      this.problem = null;
    } catch (error) {
      this.keys = new Map();
      const problem = messageOf(error);
      if (problem !== this.problem) onProblem(error);
      this.problem = problem;
    }
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.saveUse().catch(this.options.onProblem);
  }

  private saveUse(): Promise<void> {
    return this.usage.save();
  }
}

function byId(keys: readonly ApiKeyRecord[]): ReadonlyMap<string, ApiKeyRecord> {
  return new Map(keys.map((key) => [key.id, key]));
}

function refused(message: string, principal?: string): NowcastError {
  const whose = principal === undefined ? {} : { principal };
  return new NowcastError('UNAUTHORISED', message, { context: { credential: 'refused', ...whose } });
}
