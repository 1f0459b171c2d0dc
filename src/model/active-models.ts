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

/**
 * The loaded model of each zone. Which version it should be, the order of the models topic decides (`serving-versions.ts`);
 * this class loads, verifies and swaps. A version that cannot be verified or loaded is refused and the one before it goes
 * on.
 */
export class ActiveModels {
  private readonly served = new Map<string, LoadedModel>();
  private retired: LoadedModel[] = [];

  constructor(private readonly trusted: TrustedKeys) {}

  forZone(zone: string): LoadedModel | null {
    return this.served.get(zone) ?? null;
  }

  /** Versions that serve now, by zone. */
  versions(): ReadonlyMap<string, string> {
    return new Map([...this.served].map(([zone, { manifest }]) => [zone, manifest.version]));
  }

  /**
   * Makes a promoted version serve. Loads before it swaps, so a zone is never without the model it had. Never throws.
   * @param zones which of its zones; by default all
   */
  async activate(
    record: ModelRecord,
    zones: readonly string[] = record.manifest.zones,
  ): Promise<ModelChange> {
    const { version } = record;
    const changing = zones.filter((zone) => this.forZone(zone)?.manifest.version !== version);
    if (changing.length === 0) return { outcome: 'none' };
    try {
      const known = [...this.served.values()].find(({ manifest }) => manifest.version === version);
      this.serve(changing, known ?? (await loadModel(record, this.trusted)));
      return { outcome: 'activated', version, zones: changing };
    } catch (error) {
      return { outcome: 'refused', version, zones: changing, reason: messageOf(error) };
    }
  }

  /** Ends the service of a version: its zones have no model until another is activated. */
  withdraw(version: string): ModelChange {
    const zones = [...this.versions()].filter(([, serving]) => serving === version).map(([zone]) => zone);
    if (zones.length === 0) return { outcome: 'none' };
    const withdrawn = zones.map((zone) => this.served.get(zone));
    for (const zone of zones) this.served.delete(zone);
    this.retireUnused(withdrawn);
    return { outcome: 'deactivated', version, zones };
  }

  /** Frees sessions that no longer serve. Call when no inference is under way. */
  async releaseRetired(): Promise<void> {
    const retired = this.retired;
    this.retired = [];
    await Promise.all(retired.map((model) => model.release()));
  }

  async close(): Promise<void> {
    this.retired.push(...new Set(this.served.values()));
    this.served.clear();
    await this.releaseRetired();
  }

  private serve(zones: readonly string[], next: LoadedModel): void {
    const replaced = zones.map((zone) => this.served.get(zone));
    for (const zone of zones) this.served.set(zone, next);
    this.retireUnused(replaced);
  }

  private retireUnused(models: readonly (LoadedModel | undefined)[]): void {
    const inUse = new Set(this.served.values());
    for (const model of new Set(models)) {
      if (model !== undefined && !inUse.has(model)) this.retired.push(model);
    }
  }
}
