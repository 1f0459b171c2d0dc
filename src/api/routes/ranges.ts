import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NowcastError } from '../../contracts/errors.js';
import type { DemandForecastRangeBody } from '../../contracts/generated/rest-demand-forecasts.js';
import type { DemandRangeBody } from '../../contracts/generated/rest-demand.js';
import type { HistoryRangeBody } from '../../contracts/generated/rest-history.js';
import type { SupplyRangeBody } from '../../contracts/generated/rest-supply.js';
import type { WeatherRangeBody } from '../../contracts/generated/rest-weather.js';
import { toIso } from '../../contracts/time.js';
import { READ } from '../auth/route-access.js';
import { compareNowcasts } from '../../history/compare-nowcasts.js';
import type { SupplyKind } from '../../history/history-store.js';
import { operatorForecasts } from '../operator-forecasts.js';
import { linkNext } from '../paging.js';
import type { RouteContext } from '../route-context.js';
import {
  answers,
  HISTORY_QUERY,
  MAX_SUPPLY_STEPS,
  RANGE_QUERY,
  SUPPLY_QUERY,
  ZONE_PARAMS,
} from '../schemas.js';
import { supplySeries } from '../supply-series.js';
import { MAX_RANGE_POINTS, resolveRange, type RangeQuery, type ResolvedRange } from '../time-range.js';

/** All of time that the history drivers can express. */
const EVER = { fromMs: 0, toMs: Date.UTC(2200, 0, 1) };

interface RangeRoute {
  Params: { zone: string };
  Querystring: RangeQuery & { horizonMinutes?: number };
}

export function rangeRoutes(fastify: FastifyInstance, { zones, deps, nowMs }: RouteContext): void {
  const { history, liveView } = deps;
  const tags = ['history'];

  const demandSummary = 'Measured demand of a zone';
  fastify.get<RangeRoute>(
    '/v1/demand/:zone',
    {
      config: READ,
      schema: routeSchema(demandSummary, tags, RANGE_QUERY, answers('DemandRangeBody', demandSummary)),
    },
    async (request, reply): Promise<DemandRangeBody> => {
      const { zone } = request.params;
      const range = await demandRange(zone, request.query);
      const points = await history.demand(zone, { ...range, limit: MAX_RANGE_POINTS });
      return {
        ...bounds(zone, range),
        points: points.map(({ timeMs, demandMw, source }) => ({ time: toIso(timeMs), demandMw, source })),
        ...nextPage(request, reply, range),
      };
    },
  );

  const forecastSummary = 'What operators forecast themselves for a zone';
  fastify.get<RangeRoute>(
    '/v1/demand-forecasts/:zone',
    {
      config: READ,
      schema: routeSchema(
        forecastSummary,
        tags,
        RANGE_QUERY,
        answers('DemandForecastRangeBody', forecastSummary),
      ),
    },
    async (request, reply): Promise<DemandForecastRangeBody> => {
      const { zone } = request.params;
      const range = await demandRange(zone, request.query);
      const forecasts = await operatorForecasts(liveView, history, zone, range);
      return { ...bounds(zone, range), forecasts, ...nextPage(request, reply, range) };
    },
  );

  const supplySummary = 'What an operator measured or forecast of the supply side of a zone';
  fastify.get<RangeRoute & { Querystring: { kind: SupplyKind } }>(
    '/v1/supply/:zone',
    {
      config: READ,
      schema: routeSchema(supplySummary, tags, SUPPLY_QUERY, answers('SupplyRangeBody', supplySummary)),
    },
    async (request, reply): Promise<SupplyRangeBody> => {
      const { zone } = request.params;
      const { kind } = request.query;
      const range = await demandRange(zone, request.query, MAX_SUPPLY_STEPS);
      const points = await history.supply(zone, kind, range);
      return {
        ...bounds(zone, range),
        kind,
        series: supplySeries(points),
        ...nextPage(request, reply, range),
      };
    },
  );

  const weatherSummary = 'Measured weather of a zone';
  fastify.get<RangeRoute>(
    '/v1/weather/:zone',
    {
      config: READ,
      schema: routeSchema(weatherSummary, tags, RANGE_QUERY, answers('WeatherRangeBody', weatherSummary)),
    },
    async (request, reply): Promise<WeatherRangeBody> => {
      const { zone } = request.params;
      zones.require(zone);
      const newest = request.query.to === undefined ? await history.weather(zone, { ...EVER, limit: 1 }) : [];
      const range = resolveRange(
        request.query,
        zones.profile(zone).stepMs,
        newest.at(-1)?.timeMs ?? null,
        nowMs(),
      );
      const points = await history.weather(zone, { ...range, limit: MAX_RANGE_POINTS });
      return {
        ...bounds(zone, range),
        points: points.map(({ timeMs, ...values }) => ({ time: toIso(timeMs), ...values })),
        ...nextPage(request, reply, range),
      };
    },
  );

  const historySummary = 'Nowcasts of one horizon against the demand measured later';
  fastify.get<RangeRoute>(
    '/v1/history/:zone',
    {
      config: READ,
      schema: routeSchema(historySummary, tags, HISTORY_QUERY, answers('HistoryRangeBody', historySummary)),
    },
    async (request, reply): Promise<HistoryRangeBody> => {
      const { zone } = request.params;
      const range = await demandRange(zone, request.query);
      const horizonMinutes = horizonOf(zone, request.query.horizonMinutes);
      const limited = { ...range, limit: MAX_RANGE_POINTS };
      const [actual, nowcasts] = await Promise.all([
        history.demand(zone, limited),
        history.nowcasts(zone, horizonMinutes, limited),
      ]);
      return {
        ...bounds(zone, range),
        horizonMinutes,
        points: compareNowcasts(actual, nowcasts),
        ...nextPage(request, reply, range),
      };
    },
  );

  async function demandRange(zone: string, query: RangeQuery, maxSteps?: number): Promise<ResolvedRange> {
    zones.require(zone);
    const latestMs = await latestDemandMs(zone, query);
    return resolveRange(query, zones.profile(zone).stepMs, latestMs, nowMs(), maxSteps);
  }

  async function latestDemandMs(zone: string, query: RangeQuery): Promise<number | null> {
    if (query.to !== undefined) return null;
    const seen = liveView.state.demand.get(zone);
    if (seen !== undefined) return Date.parse(seen.validTime);
    return (await history.demand(zone, { ...EVER, limit: 1 })).at(-1)?.timeMs ?? null;
  }

  function horizonOf(zone: string, asked: number | undefined): number {
    const offered = zones.profile(zone).horizonsMinutes;
    const horizon = asked ?? offered.find((minutes) => minutes >= 60) ?? offered.at(-1);
    if (horizon !== undefined && offered.includes(horizon)) return horizon;
    const list = offered.join(', ');
    throw new NowcastError(
      'INPUT_INVALID',
      `zone ${JSON.stringify(zone)} has no such horizonMinutes; offered: ${list}`,
    );
  }
}

function routeSchema(
  summary: string,
  tags: readonly string[],
  querystring: object,
  response: Record<string, unknown>,
): Record<string, unknown> {
  return { summary, tags, params: ZONE_PARAMS, querystring, response };
}

function nextPage(request: FastifyRequest, reply: FastifyReply, { rest }: ResolvedRange): { next?: string } {
  const changes = rest === null ? null : { from: toIso(rest.fromMs), to: toIso(rest.toMs) };
  return linkNext(request, reply, changes);
}

function bounds(zone: string, range: ResolvedRange): { zone: string; from: string; to: string } {
  return { zone, from: toIso(range.fromMs), to: toIso(range.toMs) };
}
