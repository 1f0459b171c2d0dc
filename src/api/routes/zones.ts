import type { FastifyInstance } from 'fastify';
import type { ZoneSummary, ZonesBody } from '../../contracts/generated/rest-zones.js';
import { MINUTE_MS } from '../../contracts/time.js';
import { READ } from '../auth/route-access.js';
import type { RouteContext } from '../route-context.js';
import { answers, NO_QUERY } from '../schemas.js';

export function zoneRoutes(fastify: FastifyInstance, { zones, deps }: RouteContext): void {
  const summary = 'Zones with their step, horizons and newest data';
  const schema = { summary, tags: ['zones'], querystring: NO_QUERY, response: answers('ZonesBody', summary) };
  fastify.get('/v1/zones', { config: READ, schema }, (): ZonesBody => ({
    zones: zones.list().map(describe),
  }));

  function describe(zone: string): ZoneSummary {
    const profile = zones.profile(zone);
    const { demand, nowcasts } = deps.liveView.state;
    return {
      zone,
      name: zones.nameOf(zone),
      timeZone: profile.timeZone,
      stepMinutes: profile.stepMs / MINUTE_MS,
      horizonsMinutes: [...profile.horizonsMinutes],
      lateAfterMinutes: profile.lateAfterMs / MINUTE_MS,
      latestDemandTime: demand.get(zone)?.validTime ?? null,
      latestOrigin: nowcasts.get(zone)?.nowcast.origin ?? null,
    };
  }
}
