import { toIso } from '../contracts/time.js';

/** A zone's name in lower-case letters, digits and dashes. */
export function slug(zone: string): string {
  return (
    zone
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'zone'
  );
}

/**
 * The name of a model version: zone, until when it was trained, the first digits of its artifact's sha256.
 * The same data, seed and program give the same name.
 */
export function versionOf(zone: string, trainedUntilMs: number, artifactSha256: string): string {
  const until = toIso(trainedUntilMs).slice(0, 16).replace(/[-:]/g, '');
  return `${slug(zone)}-${until}Z-${artifactSha256.slice(0, 8)}`;
}
