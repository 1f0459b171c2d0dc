import { NowcastError } from '../contracts/errors.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import type { LiveView } from '../feed/live-view.js';
import type { FeedCatalog } from '../feed/session.js';
import type { ZoneDirectory } from './deps.js';

const NAMES_SHOWN = 50;

/** The zones that can be asked for: those of the configuration and those met in the data. */
export class ServedZones implements FeedCatalog {
  constructor(
    private readonly directory: ZoneDirectory,
    private readonly view: LiveView,
  ) {}

  /** In the order of the configuration, then the others by name. */
  list(): string[] {
    const known = new Set(this.directory.zones);
    const others = [...this.view.state.zonesSeen()].filter((zone) => !known.has(zone)).sort();
    return [...known, ...others];
  }

  hasZone(zone: string): boolean {
    const { nowcasts, demand } = this.view.state;
    return nowcasts.has(zone) || demand.has(zone) || this.directory.zones.includes(zone);
  }

  nameOf(zone: string): string {
    return this.directory.nameOf(zone);
  }

  profile(zone: string): ZoneProfile {
    return this.directory.profile(zone, this.view.state.demand.get(zone)?.stepMinutes);
  }

  horizonsOf(zones: ReadonlySet<string> | null): ReadonlySet<number> {
    const horizons = new Set<number>();
    for (const zone of zones ?? this.list()) {
      for (const horizon of this.profile(zone).horizonsMinutes) horizons.add(horizon);
    }
    return horizons;
  }

  /** @throws NowcastError ZONE_UNKNOWN listing the zones there are */
  require(zone: string): void {
    if (this.hasZone(zone)) return;
    const all = this.list();
    const shown = all.slice(0, NAMES_SHOWN).map((name) => JSON.stringify(name));
    const rest = all.length > NAMES_SHOWN ? ` and ${all.length - NAMES_SHOWN} more (GET /v1/zones)` : '';
    const known = all.length === 0 ? 'no zone is known yet' : `known zones: ${shown.join(', ')}${rest}`;
    throw new NowcastError('ZONE_UNKNOWN', `unknown zone ${JSON.stringify(zone)}; ${known}`);
  }
}
