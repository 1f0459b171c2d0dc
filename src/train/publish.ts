import { randomUUID } from 'node:crypto';
import type { ModelRecord, TrainingRun } from '../contracts/records.js';
import { toIso } from '../contracts/time.js';
import type { EventLog } from '../log/event-log.js';
import { recordHead } from '../log/record-head.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import { readServingVersions } from '../model/model-catalogue.js';
import type { ModelSigner } from '../model/signature.js';
import { slug } from './version.js';
import type { TrainedZone } from './worker-messages.js';

export interface Publisher {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
}

/** Identity of a training run: what, which zone, when it was asked for, and chance. Safe in a URL path. */
export function runIdOf(zone: string, kind: TrainingRun['kind'], nowMs: number): string {
  return `${kind}-${slug(zone)}-${toIso(nowMs).replace(/[-:]/g, '')}-${randomUUID().slice(0, 8)}`;
}

/**
 * Signs a trained model and appends it to `models` with the gate's verdict as its status. Where another version took over
 * while it was trained (an operator promoted or rolled back), the gate has compared it with the wrong one: then it is
 * published as a candidate, which somebody may promote.
 */
export async function publishModel(
  { log, codec, signer }: Publisher & { readonly signer: ModelSigner },
  { manifest, artifact, twin, championVersion }: TrainedZone,
  atMs: number,
): Promise<ModelRecord> {
  const versions = await readServingVersions(log, codec);
  const serving = versions.servingOf(manifest.zones[0]);
  const passed = manifest.gate.verdict === 'promoted';
  const overtaken = passed && serving !== championVersion;
  const statusAtMs = versions.nextStatusAtMs(atMs);
  const record: ModelRecord = {
    version: manifest.version,
    status: overtaken ? 'candidate' : manifest.gate.verdict,
    statusAt: toIso(statusAtMs),
    statusReason: overtaken
      ? `compared with ${championVersion ?? 'no champion'}, but ${serving ?? 'none'} serves by now: promote it by hand or train again`
      : `gate: ${manifest.gate.reasons.join('; ')}`,
    manifest,
    artifact: Buffer.from(artifact).toString('base64'),
    twin: { artifact: Buffer.from(twin).toString('base64') },
    signature: signer.sign(manifest),
  };
  await log.append('models', [
    {
      key: record.version,
      value: codec.encode('models', record),
      timestampMs: statusAtMs,
      headers: recordHead('models', 'train'),
    },
  ]);
  return record;
}
