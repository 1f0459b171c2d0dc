import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ModelManifest, ModelRecord } from '../../src/contracts/records.js';
import { FEATURE_HASH } from '../../src/features/feature-names.js';
import { signerFromPem, trustedKeysFromPem } from '../../src/model/signature.js';
import { championOf } from '../../src/train/champion.js';
import { PROFILE } from './simulated.js';

const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const signer = signerFromPem(pem);
const trusted = trustedKeysFromPem([signer.publicKeyPem]);
const bytes = Buffer.from('a twin');

function record(changes: Partial<ModelManifest> = {}): ModelRecord {
  const manifest = {
    version: 'Z-1',
    featureHash: FEATURE_HASH,
    stepMinutes: 5,
    timeZone: PROFILE.timeZone,
    holidays: PROFILE.holidays,
    twin: {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      trainedUntil: '2025-03-01T00:00:00Z',
      scaleMw: [1],
    },
    ...changes,
  } as unknown as ModelManifest;
  return {
    version: 'Z-1',
    manifest,
    twin: { artifact: bytes.toString('base64') },
    signature: signer.sign(manifest),
  } as ModelRecord;
}

describe('championOf', () => {
  it('hands on the verified twin of the model that serves', () => {
    const champion = championOf(record(), PROFILE, trusted);
    expect(champion).toMatchObject({ kind: 'twin', manifest: { version: 'Z-1' } });
    expect(champion.kind === 'twin' && Buffer.from(champion.artifact).equals(bytes)).toBe(true);
  });

  it('says that there is none', () => {
    expect(championOf(undefined, PROFILE, trusted)).toEqual({ kind: 'none' });
  });

  it.each<[string, ModelRecord, RegExp]>([
    ['other features', record({ featureHash: 'other' }), /made for other features/],
    ['another step', record({ stepMinutes: 60 }), /another step or calendar/],
    ['another calendar', record({ timeZone: 'UTC' }), /another step or calendar/],
    ['a changed twin', { ...record(), twin: { artifact: 'QUFB' } }, /the twin has 3 bytes/],
    ['a record without a twin', { ...record(), twin: undefined } as unknown as ModelRecord, /no judge twin/],
    [
      'a changed manifest',
      { ...record(), manifest: record({ rows: 9 }).manifest },
      /signature does not match/,
    ],
  ])('does not run a champion with %s, and says why', (_, champion, why) => {
    const found = championOf(champion, PROFILE, trusted);
    expect(found).toMatchObject({ kind: 'unusable', version: 'Z-1' });
    expect(found.kind === 'unusable' && found.why).toMatch(why);
  });
});
