import { messageOf } from '../contracts/errors.js';
import type { ModelRecord } from '../contracts/records.js';
import { MINUTE_MS } from '../contracts/time.js';
import { FEATURE_HASH } from '../features/feature-names.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import type { EventLog } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import { readModelRecords, readServingVersions } from '../model/model-catalogue.js';
import { type TrustedKeys, verifyTwin } from '../model/signature.js';
import type { Champion } from './worker-messages.js';

/**
 * The records that serve zones now, as the models topic says. The topic is read twice, so that the artifacts of versions
 * that do not serve are never in memory together.
 */
export async function readServingRecords(
  log: EventLog,
  codec: SchemaCodec,
): Promise<ReadonlyMap<string, ModelRecord>> {
  const versions = await readServingVersions(log, codec);
  const serving = versions.zones().map((zone) => versions.servingOf(zone));
  const records = await readModelRecords(log, codec, new Set(serving.filter((version) => version !== null)));
  const ofZones = [...records].flatMap(([version, record]) =>
    versions.zonesServedBy(version).map((zone) => [zone, record] as const),
  );
  return new Map(ofZones);
}

/** The champion of a zone as its challenger's gate can use it: verified before anything of it is run. */
export function championOf(
  record: ModelRecord | undefined,
  profile: ZoneProfile,
  trusted: TrustedKeys,
): Champion {
  if (record === undefined) return { kind: 'none' };
  const { version, manifest } = record;
  const unusable = (why: string): Champion => ({ kind: 'unusable', version, why });
  if (manifest.featureHash !== FEATURE_HASH) return unusable('it was made for other features');
  const sameZone =
    manifest.stepMinutes * MINUTE_MS === profile.stepMs &&
    manifest.timeZone === profile.timeZone &&
    manifest.holidays === profile.holidays;
  if (!sameZone) return unusable('it was made for another step or calendar than the zone has now');
  try {
    return { kind: 'twin', manifest, artifact: new Uint8Array(verifyTwin(record, trusted)) };
  } catch (error) {
    return unusable(messageOf(error));
  }
}
