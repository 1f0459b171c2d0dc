import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { NowcastError } from '../../contracts/errors.js';
import { toIso } from '../../contracts/time.js';
import { exportRange } from '../../export/export-range.js';
import { EXPORT_FORMATS, FORMATS, type ExportFormat } from '../../export/formats.js';
import {
  EXPORT_KIND_NAMES,
  EXPORT_SOURCES,
  sourceFor,
  type ExportKind,
  type ExportRequest,
  type ExportSource,
} from '../../export/kinds.js';
import { startExport } from '../../export/open-export.js';
import { EXPORT } from '../auth/route-access.js';
import type { RouteContext } from '../route-context.js';
import { PROBLEMS, timeSchema } from '../schemas.js';
import { timeParameter } from '../time-range.js';

/** Exports that run at the same time in one process; each holds some megabytes. */
const MAX_CONCURRENT = 4;
const RETRY_AFTER_SECONDS = 5;
/** A client that takes nothing for so long has gone. */
const STALLED_MS = 120_000;

interface ExportQuery {
  readonly kind: ExportKind;
  readonly zone?: string;
  readonly from: string;
  readonly to?: string;
  readonly format: ExportFormat;
  readonly source?: ExportSource;
  readonly horizonMinutes?: number;
}

const QUERY = {
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'from'],
  properties: {
    kind: { type: 'string', enum: EXPORT_KIND_NAMES, description: 'What to export.' },
    zone: { type: 'string', minLength: 1, maxLength: 64, description: 'Only this zone; all by default.' },
    from: timeSchema('Start, inclusive.'),
    to: timeSchema('End, exclusive. Default: all there is, forecasts of the coming days included.'),
    format: { type: 'string', enum: EXPORT_FORMATS, default: 'csv', description: 'Format of the file.' },
    source: {
      type: 'string',
      enum: EXPORT_SOURCES,
      description:
        'history: the latest value of each time. log: every record, corrections included, in the order of the log. ' +
        'Default: the history for kinds that it keeps, the log for the others.',
    },
    horizonMinutes: {
      type: 'integer',
      minimum: 1,
      maximum: 100_000,
      description: 'Of nowcasts, history and accuracy: only this horizon.',
    },
  },
} as const;

/** GET /v1/export: tables as files, read and sent piece by piece as the client takes them. */
export function exportRoutes(fastify: FastifyInstance, context: RouteContext): void {
  let running = 0;
  const summary = 'Export a table as CSV, NDJSON or Parquet';
  fastify.get<{ Querystring: ExportQuery }>(
    '/v1/export',
    {
      config: EXPORT,
      exposeHeadRoute: false,
      schema: {
        summary,
        tags: ['history'],
        querystring: QUERY,
        response: { 200: fileAnswer(summary), ...PROBLEMS },
      },
    },
    async ({ query }, reply) => {
      const request = exportRequest(query, context);
      if (running >= MAX_CONCURRENT) throw tooMany(reply);
      running += 1;
      let body: Readable;
      try {
        body = Readable.from(await startExport(tablesOf(context), request, query.format), {
          objectMode: false,
        });
      } catch (error) {
        running -= 1;
        throw error;
      }
      body.once('close', () => {
        running -= 1;
      });
      tieTo(reply, body);
      return describe(reply, request, query).send(body);
    },
  );
  // As GET, but without reading the whole table for nothing.
  fastify.head<{ Querystring: ExportQuery }>(
    '/v1/export',
    { config: EXPORT, schema: { hide: true, querystring: QUERY } },
    ({ query }, reply) => describe(reply, exportRequest(query, context), query).send(),
  );
}

function describe(reply: FastifyReply, request: ExportRequest, query: ExportQuery): FastifyReply {
  return reply
    .header('content-type', FORMATS[query.format].mediaType)
    .header('content-disposition', `attachment; filename="${fileName(request, query)}"`)
    .header('cache-control', 'no-store');
}

function tablesOf({ deps, zones }: RouteContext): Parameters<typeof startExport>[0] {
  const { history, log, codec } = deps;
  return { history, log, codec, horizonsOf: (zone) => zones.profile(zone).horizonsMinutes };
}

function exportRequest(query: ExportQuery, { zones, nowMs }: RouteContext): ExportRequest {
  const { kind, zone, horizonMinutes } = query;
  if (zone !== undefined) zones.require(zone);
  const toMs = query.to === undefined ? null : timeParameter('to', query.to);
  return {
    kind,
    source: sourceFor(kind, query.source),
    zones: zone === undefined ? zones.list() : [zone],
    everyZone: zone === undefined,
    ...exportRange(timeParameter('from', query.from), toMs, nowMs()),
    ...(horizonMinutes === undefined ? {} : { horizonMinutes }),
  };
}

/** Letters and digits only: it stands in a header. */
function fileName({ kind, fromMs }: ExportRequest, { zone, format }: ExportQuery): string {
  const day = toIso(fromMs).slice(0, 10);
  return [kind, zone, day]
    .filter((part) => part !== undefined)
    .map((part) => part.replaceAll(/[^A-Za-z0-9-]+/g, '_'))
    .join('-')
    .concat(`.${format}`);
}

/** However the answer ends, its readers are let go; an answer that nobody takes is ended. */
function tieTo(reply: FastifyReply, body: Readable): void {
  reply.raw.once('close', () => body.destroy());
  if (reply.raw.destroyed) body.destroy();
  reply.raw.setTimeout(STALLED_MS, () => reply.raw.destroy());
}

function tooMany(reply: FastifyReply): NowcastError {
  void reply.header('retry-after', RETRY_AFTER_SECONDS);
  return new NowcastError(
    'TOO_MANY_REQUESTS',
    `${MAX_CONCURRENT} exports are running already; try again in some seconds`,
  );
}

function fileAnswer(description: string): Record<string, unknown> {
  const schema = { type: 'string', format: 'binary' };
  const content = Object.fromEntries(
    EXPORT_FORMATS.map((format) => [FORMATS[format].mediaType.replace(/;.*/, ''), { schema }]),
  );
  return { description, content };
}
