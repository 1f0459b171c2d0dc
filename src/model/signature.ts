import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { NowcastError } from '../contracts/errors.js';
import type { ModelManifest, ModelRecord } from '../contracts/records.js';
import { canonicalJson } from './canonical-json.js';

/** Signs manifests with ed25519; held by the trainer alone. */
export interface ModelSigner {
  readonly keyId: string;
  readonly publicKeyPem: string;
  sign(manifest: ModelManifest): ModelRecord['signature'];
}

/** The public keys whose models a consumer runs, by key id. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>;

/** First 16 hex digits of the sha256 of the public key's DER form. */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
}

/** @throws NowcastError CONFIG_INVALID when the PEM is not an ed25519 private key */
export function signerFromPem(privateKeyPem: string): ModelSigner {
  const privateKey = ed25519(() => createPrivateKey(privateKeyPem), 'private');
  const publicKey = createPublicKey(privateKey);
  const keyId = keyIdOf(publicKey);
  return {
    keyId,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (manifest) => ({
      algorithm: 'ed25519',
      keyId,
      value: sign(null, Buffer.from(canonicalJson(manifest)), privateKey).toString('base64'),
    }),
  };
}

/** @throws NowcastError CONFIG_INVALID when a PEM is not an ed25519 public key */
export function trustedKeysFromPem(publicKeysPem: readonly string[]): TrustedKeys {
  const keys = publicKeysPem.map((pem) => ed25519(() => createPublicKey(pem), 'public'));
  return new Map(keys.map((key) => [keyIdOf(key), key]));
}

/**
 * Checks a record before anything of it is used: signature over the manifest, then the artifact against the manifest.
 * @returns the ONNX bytes
 * @throws NowcastError MODEL_REFUSED saying which check failed
 */
export function verifyModelRecord(record: ModelRecord, trusted: TrustedKeys): Buffer {
  const { manifest, version, artifact } = record;
  verifyManifest(record, trusted);
  return checkedBytes(version, 'artifact', artifact, manifest.artifactBytes, manifest.artifactSha256);
}

/**
 * Checks the judge twin of a record in the same way.
 * @returns the twin's ONNX bytes
 * @throws NowcastError MODEL_REFUSED saying which check failed, also when the record has no twin
 */
export function verifyTwin(record: ModelRecord, trusted: TrustedKeys): Buffer {
  const { manifest, version, twin } = record;
  verifyManifest(record, trusted);
  if (manifest.twin === undefined || twin === undefined) throw refusal(version, 'it has no judge twin');
  return checkedBytes(version, 'twin', twin.artifact, manifest.twin.bytes, manifest.twin.sha256);
}

function verifyManifest({ version, manifest, signature }: ModelRecord, trusted: TrustedKeys): void {
  if (version !== manifest.version) throw refusal(version, `its manifest is of ${manifest.version}`);
  const key = trusted.get(signature.keyId);
  if (key === undefined)
    throw refusal(version, `signed by key ${signature.keyId}, which is not trusted here`);
  const text = Buffer.from(canonicalJson(manifest));
  const signed = verify(null, text, key, Buffer.from(signature.value, 'base64'));
  if (!signed) throw refusal(version, 'the signature does not match the manifest');
}

function checkedBytes(version: string, what: string, base64: string, bytes: number, sha256: string): Buffer {
  const artifact = Buffer.from(base64, 'base64');
  if (artifact.length !== bytes)
    throw refusal(version, `the ${what} has ${artifact.length} bytes, the manifest says ${bytes}`);
  if (createHash('sha256').update(artifact).digest('hex') !== sha256)
    throw refusal(version, `the ${what} does not match the sha256 in the manifest`);
  return artifact;
}

function refusal(version: string, why: string): NowcastError {
  return new NowcastError('MODEL_REFUSED', `model ${version} refused: ${why}`, { context: { version } });
}

function ed25519(load: () => KeyObject, what: string): KeyObject {
  let key: KeyObject;
  try {
    key = load();
  } catch (error) {
    throw new NowcastError('CONFIG_INVALID', `the model ${what} key is not a PEM key`, { cause: error });
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new NowcastError(
    'CONFIG_INVALID',
    `the model ${what} key must be ed25519, not ${key.asymmetricKeyType ?? 'symmetric'}`,
  );
}
