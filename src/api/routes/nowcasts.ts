import type { FastifyInstance } from 'fastify';
import { NowcastError } from '../../contracts/errors.js';
import type { NowcastsBody } from '../../contracts/generated/rest-nowcasts.js';
import type { Nowcast } from '../../contracts/records.js';
import { toIso } from '../../contracts/time.js';
import { READ } from '../auth/route-access.js';
import type { RouteContext } from '../route-context.js';
import { answers, AT_QUERY, ZONE_PARAMS, ZONE_QUERY } from '../schemas.js';
import { timeParameter } from '../time-range.js';

/** Any origin is before this (year 2200); within what the history drivers can express in nanoseconds. */
const FAR_FUTURE_MS = Date.UTC(2200, 0, 1);

export function nowcastRoutes(fastify: FastifyInstance, { zones, deps }: RouteContext): void {
  const tags = ['nowcasts'];
  const latest = 'The latest nowcast of every zone';
  fastify.get<{ Querystring: { zone?: string } }>(
    '/v1/nowcasts',
    {
      config: READ,
      schema: { summary: latest, tags, querystring: ZONE_QUERY, response: answers('NowcastsBody', latest) },
    },
    ({ query: { zone } }): NowcastsBody => {
      if (zone !== undefined) zones.require(zone);
      const { state, epoch } = deps.liveView;
      const all = [...state.nowcasts.values()].map((frame) => frame.nowcast);
      const nowcasts = all.filter((nowcast) => zone === undefined || nowcast.zone === zone);
      return { epoch, seq: state.seq, nowcasts };
    },
  );

  const one = 'The nowcast of a zone, newest or as of a time';
  fastify.get<{ Params: { zone: string }; Querystring: { at?: string } }>(
    '/v1/nowcasts/:zone',
    {
      config: READ,
      schema: {
        summary: one,
        tags,
        params: ZONE_PARAMS,
        querystring: AT_QUERY,
        response: answers('Nowcast', one),
      },
    },
    async (request): Promise<Nowcast> => {
      const { zone } = request.params;
      const { at } = request.query;
      const atMs = at === undefined ? null : timeParameter('at', at);
      zones.require(zone);
      const newest = atMs === null ? deps.liveView.state.nowcasts.get(zone)?.nowcast : undefined;
      const found = newest ?? (await deps.history.nowcastAt(zone, atMs ?? FAR_FUTURE_MS));
      if (found !== null) return found;
      const when = atMs === null ? 'yet' : `with an origin at or before ${toIso(atMs)}`;
      throw new NowcastError('NOT_FOUND', `zone ${JSON.stringify(zone)} has no nowcast ${when}`);
    },
  );
}
