import type { FastifyInstance } from 'fastify';
import type { QualityBody } from '../../contracts/generated/rest-quality.js';
import { READ } from '../auth/route-access.js';
import type { RouteContext } from '../route-context.js';
import { answers, ZONE_FILTER } from '../schemas.js';

const QUALITY_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    zone: ZONE_FILTER,
    days: { type: 'integer', minimum: 1, maximum: 35, default: 7, description: 'So many days of each zone.' },
  },
} as const;

interface QualityQuery {
  readonly zone?: string;
  readonly days: number;
}

/** Daily summaries of data quality. */
export function qualityRoutes(fastify: FastifyInstance, { zones, deps }: RouteContext): void {
  const summary = 'Data quality of each zone, day by day, newest first';
  const schema = {
    summary,
    tags: ['status'],
    querystring: QUALITY_QUERY,
    response: answers('QualityBody', summary),
  };
  fastify.get<{ Querystring: QualityQuery }>(
    '/v1/quality',
    { config: READ, schema },
    (request): QualityBody => {
      const { zone, days } = request.query;
      if (zone !== undefined) zones.require(zone);
      const asked = zone === undefined ? zones.list() : [zone];
      return {
        summaries: asked.flatMap((one) => deps.liveView.state.qualitySummaries(one).slice(0, days)),
      };
    },
  );
}
