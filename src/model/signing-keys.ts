import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RuntimeConfig } from '../config/types.js';
import { NowcastError } from '../contracts/errors.js';
import { signerFromPem, trustedKeysFromPem, type ModelSigner, type TrustedKeys } from './signature.js';

/**
 * The keys of this installation. Configured keys win; otherwise a pair in `<dataDir>/keys` is created at first use,
 * readable by its owner alone, and shared by every role that uses the same data directory.
 */
export function openModelSigner(config: RuntimeConfig): ModelSigner {
  return signerFromPem(
    config.signing.privateKeyPem ?? readFileSync(ensureKeyPair(config.dataDir).privatePath, 'utf8'),
  );
}

/** The public keys that a consumer trusts: the configured ones, or the data directory's own. */
export function openTrustedKeys(config: RuntimeConfig): TrustedKeys {
  if (config.signing.publicKeysPem.length > 0) return trustedKeysFromPem(config.signing.publicKeysPem);
  if (config.signing.privateKeyPem !== undefined) {
    throw new NowcastError(
      'CONFIG_INVALID',
      'NOWCAST_MODEL_SIGNING_KEY is set but NOWCAST_MODEL_PUBLIC_KEYS is not; give the public keys that consumers trust',
    );
  }
  return trustedKeysFromPem([readFileSync(ensureKeyPair(config.dataDir).publicPath, 'utf8')]);
}

/**
 * The keys by which a trainer verifies the model that serves before it compares with it: what consumers trust, where
 * that is known to this process, and the trainer's own key.
 */
export function openTrainerKeys(config: RuntimeConfig, signer: ModelSigner): TrustedKeys {
  const own = trustedKeysFromPem([signer.publicKeyPem]);
  const knowsConsumers =
    config.signing.publicKeysPem.length > 0 || config.signing.privateKeyPem === undefined;
  return knowsConsumers ? new Map([...openTrustedKeys(config), ...own]) : own;
}

function ensureKeyPair(dataDir: string): { privatePath: string; publicPath: string } {
  const dir = path.join(dataDir, 'keys');
  const privatePath = path.join(dir, 'model-signing.pem');
  const publicPath = path.join(dir, 'model-signing.pub.pem');
  if (!existsSync(privatePath) || !existsSync(publicPath)) createKeyPair(dir, privatePath, publicPath);
  return { privatePath, publicPath };
}

/** Two processes may start at once: `link` creates only where nothing is, so the first pair wins for both. */
function createKeyPair(dir: string, privatePath: string, publicPath: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const temporary = path.join(dir, `.new-${process.pid}`);
  writeFileSync(temporary, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const first = linkUnlessThere(temporary, privatePath);
  rmSync(temporary);
  if (!first && existsSync(publicPath)) return;
  chmodSync(privatePath, 0o600);
  const pem = first ? publicKey.export({ type: 'spki', format: 'pem' }) : publicPemOf(privatePath);
  writeFileSync(publicPath, pem, { mode: 0o644 });
}

function publicPemOf(privatePath: string): string {
  return signerFromPem(readFileSync(privatePath, 'utf8')).publicKeyPem;
}

function linkUnlessThere(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
