import type { ModelRecord } from '../contracts/records.js';

/** What decides about serving. */
export interface VersionStatus {
  readonly version: string;
  readonly status: ModelRecord['status'];
  readonly zones: readonly string[];
  readonly statusAt: string;
}

type StatusRecord = Pick<ModelRecord, 'version' | 'status' | 'statusAt' | 'manifest'>;

/**
 * Which version serves which zone: of those that are promoted for it, the one whose record stands last in the log. The
 * log's order is the same for everybody and survives compaction, so every consumer, whenever it starts and whatever
 * its clock says, comes to the same answer.
 */
export class ServingVersions {
  /** In the order of their latest records. */
  private readonly known = new Map<string, VersionStatus>();

  /** Applies a record; call it in the order of the log. */
  apply({ version, status, statusAt, manifest }: StatusRecord): void {
    this.known.delete(version);
    this.known.set(version, { version, status, zones: manifest.zones, statusAt });
  }

  /** Applies a tombstone. */
  remove(version: string): void {
    this.known.delete(version);
  }

  get(version: string): VersionStatus | undefined {
    return this.known.get(version);
  }

  /** Every known version, the latest record last. */
  all(): string[] {
    return [...this.known.keys()];
  }

  /** Zones that any promoted version serves. */
  zones(): string[] {
    const promoted = [...this.known.values()].filter(({ status }) => status === 'promoted');
    return [...new Set(promoted.flatMap(({ zones }) => zones))];
  }

  /**
   * The time of a change of status: now, or just after the latest one where a clock is behind it, so that times of
   * changes always rise along the log.
   */
  nextStatusAtMs(nowMs: number): number {
    const latest = [...this.known.values()].map(({ statusAt }) => Date.parse(statusAt) + 1);
    return latest.reduce((most, ms) => Math.max(most, ms), nowMs);
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
