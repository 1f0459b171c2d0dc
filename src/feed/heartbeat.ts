import { toIso } from '../contracts/time.js';
import type { FeedFrame } from './frame.js';
import { encodeHeartbeat } from './protocol.js';
import type { ViewState } from './view-state.js';

/** End of the newest demand interval known of a zone, epoch milliseconds. */
export function demandEndMs(state: ViewState, frame: FeedFrame): number {
  const demand = state.demand.get(frame.zone);
  const known = Date.parse(frame.nowcast.issuedAt) - frame.nowcast.inputs.demandAgeMs;
  if (demand === undefined) return known;
  return Math.max(known, Date.parse(demand.validTime) + demand.stepMinutes * 60_000);
}

/** Builds heartbeats of one instant; the part of each zone is made once for all clients. */
export class HeartbeatBuilder {
  private readonly zoneJson = new Map<string, string>();
  private allJson: string | null = null;

  constructor(
    private readonly state: ViewState,
    private readonly nowMs: number,
  ) {}

  /** @param zones null for all; zones without a nowcast are left out */
  build(seq: number, zones: ReadonlySet<string> | null): string {
    return encodeHeartbeat(seq, toIso(this.nowMs), zones === null ? this.all() : this.some(zones));
  }

  private all(): string {
    this.allJson ??= this.some(this.state.nowcasts.keys());
    return this.allJson;
  }

  private some(zones: Iterable<string>): string {
    const parts: string[] = [];
    for (const zone of zones) {
      const json = this.jsonOf(zone);
      if (json !== null) parts.push(json);
    }
    return parts.join(',');
  }

  private jsonOf(zone: string): string | null {
    const cached = this.zoneJson.get(zone);
    if (cached !== undefined) return cached;
    const frame = this.state.nowcasts.get(zone);
    if (frame === undefined) return null;
    const { origin, modelVersion } = frame.nowcast;
    const demandAgeMs = Math.round(this.nowMs - demandEndMs(this.state, frame));
    const json = `${JSON.stringify(zone)}:${JSON.stringify({ origin, demandAgeMs, modelVersion })}`;
    this.zoneJson.set(zone, json);
    return json;
  }
}
