import { messageOf } from '../contracts/errors.js';
import type { ModelRecord } from '../contracts/records.js';
import { loadModel, type LoadedModel } from './loaded-model.js';
import type { TrustedKeys } from './signature.js';

/** What happened when a record of the models topic was applied. */
export type ModelChange =
  | { readonly outcome: 'activated'; readonly version: string; readonly zones: readonly string[] }
  | {
      readonly outcome: 'refused';
      readonly version: string;
      readonly zones: readonly string[];
      readonly reason: string;
    }
  | { readonly outcome: 'deactivated'; readonly version: string; readonly zones: readonly string[] }
  | { readonly outcome: 'none' };

interface Served {
  readonly model: LoadedModel;
  readonly promotedAt: string;
}

/**
 * Which model serves which zone, kept by following the models topic: the promoted version with the latest `statusAt`
 * serves; a version that cannot be verified or loaded is refused and the one before it goes on.
 */
export class ActiveModels {
  private readonly served = new Map<string, Served>();
  private retired: LoadedModel[] = [];

  constructor(private readonly trusted: TrustedKeys) {}

  forZone(zone: string): LoadedModel | null {
    return this.served.get(zone)?.model ?? null;
  }

  /** Versions that serve now, by zone. */
  versions(): ReadonlyMap<string, string> {
    return new Map([...this.served].map(([zone, { model }]) => [zone, model.manifest.version]));
  }

  /** Loads before it swaps, so a zone is never without the model it had. Never throws. */
  async apply(record: ModelRecord): Promise<ModelChange> {
    const { version, status, statusAt, manifest } = record;
    if (status !== 'promoted') return this.withdraw(record);
    const zones = manifest.zones.filter((zone) => this.isNewer(zone, version, statusAt));
    if (zones.length === 0) return { outcome: 'none' };
    try {
      const model = await loadModel(record, this.trusted);
      this.serve(zones, { model, promotedAt: statusAt });
      return { outcome: 'activated', version, zones };
    } catch (error) {
      return { outcome: 'refused', version, zones, reason: messageOf(error) };
    }
  }

  /** Frees sessions that no longer serve. Call when no inference is under way. */
  async releaseRetired(): Promise<void> {
    const retired = this.retired;
    this.retired = [];
    await Promise.all(retired.map((model) => model.release()));
  }

  async close(): Promise<void> {
    this.retired.push(...new Set([...this.served.values()].map(({ model }) => model)));
    this.served.clear();
    await this.releaseRetired();
  }

  private isNewer(zone: string, version: string, statusAt: string): boolean {
    const current = this.served.get(zone);
    if (current === undefined) return true;
    return (
      current.model.manifest.version !== version && Date.parse(statusAt) >= Date.parse(current.promotedAt)
    );
  }

  private serve(zones: readonly string[], next: Served): void {
    const replaced = zones.map((zone) => this.served.get(zone)?.model);
    for (const zone of zones) this.served.set(zone, next);
    this.retireUnused(replaced);
  }

  private withdraw({ version, manifest }: ModelRecord): ModelChange {
    const zones = manifest.zones.filter((zone) => this.forZone(zone)?.manifest.version === version);
    if (zones.length === 0) return { outcome: 'none' };
    const withdrawn = zones.map((zone) => this.forZone(zone) ?? undefined);
    for (const zone of zones) this.served.delete(zone);
    this.retireUnused(withdrawn);
    return { outcome: 'deactivated', version, zones };
  }

  private retireUnused(models: readonly (LoadedModel | undefined)[]): void {
    const inUse = new Set([...this.served.values()].map(({ model }) => model));
    for (const model of new Set(models)) {
      if (model !== undefined && !inUse.has(model)) this.retired.push(model);
    }
  }
}
