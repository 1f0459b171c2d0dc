import type { ModelRecord } from '../contracts/records.js';

/** What decides about serving. */
export interface VersionStatus {
  readonly version: string;
  readonly status: ModelRecord['status'];
  readonly zones: readonly string[];
}

/**
 * Which version serves which zone: of those that are promoted for it, the one whose record stands last in the log. The
 * log's order is the same for everybody and survives compaction, so every consumer, whenever it starts and whatever
 * its clock says, comes to the same answer.
 */
export class ServingVersions {
  /** In the order of their latest records. */
  private readonly known = new Map<string, VersionStatus>();

  /** Applies a record; call it in the order of the log. */
  apply({ version, status, zones }: VersionStatus): void {
    this.known.delete(version);
    this.known.set(version, { version, status, zones });
  }

  /** Applies a tombstone. */
  remove(version: string): void {
    this.known.delete(version);
  }

  get(version: string): VersionStatus | undefined {
    return this.known.get(version);
  }

  /** Promoted versions of a zone, the one that serves first, then those that it superseded, latest first. */
  promotedFor(zone: string): string[] {
    return [...this.known.values()]
      .filter(({ status, zones }) => status === 'promoted' && zones.includes(zone))
      .map(({ version }) => version)
      .reverse();
  }

  /** The version that serves a zone, or null. */
  servingOf(zone: string): string | null {
    return this.promotedFor(zone)[0] ?? null;
  }

  /** Zones that a version serves now. */
  zonesServedBy(version: string): string[] {
    return (this.known.get(version)?.zones ?? []).filter((zone) => this.servingOf(zone) === version);
  }
}
