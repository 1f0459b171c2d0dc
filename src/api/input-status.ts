import type { StatusBody, ZoneStatus } from '../contracts/generated/rest-status.js';
import { toIso } from '../contracts/time.js';
import { demandEndMs } from '../feed/heartbeat.js';
import type { CheckReport } from '../ops/health.js';
import type { SourceBoard } from '../ops/source-board.js';
import type { RouteContext } from './route-context.js';

/** What this service depends on, as /v1/status and /readyz show it: sources, and the age of each zone's inputs. */

/** The newest inputs of a zone and what was made of them. */
export function zoneStatus({ deps, zones, nowMs }: RouteContext, zone: string): ZoneStatus {
  const { state } = deps.liveView;
  const frame = state.nowcasts.get(zone);
  const demand = state.demand.get(zone);
  const endMs =
    frame !== undefined
      ? demandEndMs(state, frame)
      : demand === undefined
        ? null
        : Date.parse(demand.validTime) + demand.stepMinutes * 60_000;
  const demandAgeMs = endMs === null ? null : Math.round(nowMs() - endMs);
  const weatherMs = weatherTimeMs(frame?.nowcast);
  return {
    zone,
    name: zones.nameOf(zone),
    origin: frame?.nowcast.origin ?? null,
    quality: frame?.nowcast.quality ?? null,
    reasons: frame?.nowcast.reasons ?? [],
    modelVersion: frame?.nowcast.modelVersion ?? null,
    latestDemandTime: demand?.validTime ?? null,
    latestDemandMw: demand?.demandMw ?? frame?.nowcast.latestDemandMw ?? null,
    demandAgeMs,
    weatherTime: weatherMs === null ? null : toIso(weatherMs),
    weatherAgeMs: weatherMs === null ? null : Math.round(nowMs() - weatherMs),
    late: demandAgeMs === null || demandAgeMs > zones.profile(zone).lateAfterMs,
  };
}

/** A check of each zone's inputs. They are shown and never make the service unready: it serves what it has. */
export function inputChecks(context: RouteContext): CheckReport[] {
  return context.zones.list().map((zone) => {
    const { demandAgeMs, weatherAgeMs, late } = zoneStatus(context, zone);
    const lateAfterMs = context.zones.profile(zone).lateAfterMs;
    const demand = demandAgeMs === null ? 'no demand yet' : `demand is ${age(demandAgeMs)} old`;
    const weather = weatherAgeMs === null ? 'no weather' : `weather is ${age(weatherAgeMs)} old`;
    const limit = late && demandAgeMs !== null ? ` (late after ${age(lateAfterMs)})` : '';
    const sinceMs = late && demandAgeMs !== null ? demandAgeMs - lateAfterMs : 0;
    return { name: `inputs ${zone}`, ok: !late, detail: `${demand}${limit}, ${weather}`, sinceMs };
  });
}

/** What the collectors of this process know; empty where it collects nothing. */
export function sourceStatus(board?: SourceBoard): Pick<StatusBody, 'sources' | 'collectors'> {
  const iso = (ms: number | null): string | null => (ms === null ? null : toIso(ms));
  return {
    sources: (board?.listSources() ?? []).map(
      ({ source, lastRequestMs, lastOutcome, lastSuccessMs, lastFailure, requests, latencyMs }) => ({
        source,
        lastRequestAt: toIso(lastRequestMs),
        lastOutcome,
        lastSuccessAt: iso(lastSuccessMs),
        lastFailureAt: iso(lastFailure?.atMs ?? null),
        lastFailureKind: lastFailure?.kind ?? null,
        requests: { ...requests },
        latencyMs,
      }),
    ),
    collectors: (board?.listCollectors() ?? []).map(
      ({ name, ok, detail, lastSuccessMs, failures, nextAttemptMs }) => ({
        name,
        ok,
        detail,
        lastSuccessAt: iso(lastSuccessMs),
        failures,
        nextAttemptAt: iso(nextAttemptMs),
      }),
    ),
  };
}

interface Known {
  readonly issuedAt: string;
  readonly inputs: { readonly weatherAgeMs: number | null };
}

function weatherTimeMs(nowcast: Known | undefined): number | null {
  const ageMs = nowcast?.inputs.weatherAgeMs ?? null;
  return nowcast === undefined || ageMs === null ? null : Date.parse(nowcast.issuedAt) - ageMs;
}

function age(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
