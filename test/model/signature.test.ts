import { createHash, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelManifest, ModelRecord } from '../../src/contracts/records.js';
import { canonicalJson } from '../../src/model/canonical-json.js';
import { signerFromPem, trustedKeysFromPem, verifyModelRecord } from '../../src/model/signature.js';

const pem = () =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const signer = signerFromPem(pem());
const trusted = trustedKeysFromPem([signer.publicKeyPem]);
const artifact = Buffer.from('not really a model');

function record(): ModelRecord {
  const manifest = {
    version: 'Z-1',
    zones: ['Z'],
    artifactBytes: artifact.length,
    artifactSha256: createHash('sha256').update(artifact).digest('hex'),
  } as unknown as ModelManifest;
  const signature = signer.sign(manifest);
  const at = '2020-01-01T00:00:00.000Z';
  return {
    version: 'Z-1',
    status: 'promoted',
    statusAt: at,
    statusReason: '',
    manifest,
    signature,
    artifact: artifact.toString('base64'),
  };
}

describe('model signatures', () => {
  it('gives back the artifact of an untouched record', () => {
    expect(verifyModelRecord(record(), trusted)).toEqual(artifact);
  });

  it.each<[string, (r: ModelRecord) => ModelRecord, RegExp]>([
    [
      'a changed artifact',
      (r) => ({ ...r, artifact: Buffer.from('not really a MODEL').toString('base64') }),
      /does not match the sha256/,
    ],
    ['a truncated artifact', (r) => ({ ...r, artifact: r.artifact.slice(0, 8) }), /bytes, the manifest says/],
    [
      'a changed manifest',
      (r) => ({ ...r, manifest: { ...r.manifest, zones: ['OTHER'] } }),
      /signature does not match/,
    ],
    ['another version name', (r) => ({ ...r, version: 'Z-2' }), /its manifest is of Z-1/],
    [
      'a signature of nobody we know',
      (r) => ({ ...r, signature: signerFromPem(pem()).sign(r.manifest) }),
      /not trusted/,
    ],
  ])('refuses %s and says which check failed', (_, tamper, message) => {
    expect(() => verifyModelRecord(tamper(record()), trusted)).toThrowError(message);
  });

  it('refuses keys of another kind', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    expect(() => signerFromPem(rsa.toString())).toThrowError(/must be ed25519, not rsa/);
    expect(() => signerFromPem('nonsense')).toThrowError(/not a PEM key/);
  });

  it('signs what the value is, not how its keys are ordered', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
