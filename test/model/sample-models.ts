import { createHash, generateKeyPairSync } from 'node:crypto';
import type { ModelManifest, ModelRecord } from '../../src/contracts/records.js';
import type { EventLog } from '../../src/log/event-log.js';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { type ModelSigner, signerFromPem, trustedKeysFromPem } from '../../src/model/signature.js';
import { fitZone } from '../../src/train/fit-zone.js';
import { PROFILE, QUICK, simulatedEvents } from '../train/simulated.js';

const pem = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

export const signer = signerFromPem(pem());
export const trusted = trustedKeysFromPem([signer.publicKeyPem]);
/** Signs, but nobody trusts it. */
export const stranger = signerFromPem(pem());

const fitted = await fitZone(simulatedEvents(12), PROFILE, QUICK);

export interface SampleModel {
  readonly version: string;
  readonly zones?: [string, ...string[]];
  readonly status?: ModelRecord['status'];
  readonly atMs?: number;
  readonly changes?: Partial<ModelManifest>;
  readonly signer?: ModelSigner;
  readonly artifact?: Uint8Array;
}

/** A record with a real, small model in it; all samples share the one model. */
export function sampleModel(sample: SampleModel): ModelRecord {
  const artifact = sample.artifact ?? fitted.artifact;
  const { version } = sample;
  const manifest: ModelManifest = {
    ...fitted.manifest,
    version,
    zones: sample.zones ?? ['Z'],
    gate: { verdict: 'promoted', reasons: ['a sample'] },
    artifactSha256: createHash('sha256').update(artifact).digest('hex'),
    artifactBytes: artifact.length,
    ...sample.changes,
  };
  return {
    version,
    status: sample.status ?? 'promoted',
    statusAt: new Date(sample.atMs ?? 0).toISOString(),
    statusReason: 'a sample',
    manifest,
    artifact: Buffer.from(artifact).toString('base64'),
    twin: { artifact: Buffer.from(fitted.twin.artifact).toString('base64') },
    signature: (sample.signer ?? signer).sign(manifest),
  };
}

/** Appends records to the models topic, in this order. */
export async function appendModels(
  log: EventLog,
  codec: SchemaCodec,
  ...records: readonly ModelRecord[]
): Promise<void> {
  await log.append(
    'models',
    records.map((record) => ({
      key: record.version,
      value: codec.encode('models', record),
      timestampMs: Date.parse(record.statusAt),
    })),
  );
}
