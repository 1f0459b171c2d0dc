import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NowcastError, type ErrorCode } from '../contracts/errors.js';
import type { Problem } from '../contracts/generated/rest-problem.js';
import type { RecentErrors } from '../ops/recent-errors.js';
import { challengeOf } from './auth/challenge.js';
import { expectedBody } from './json-bodies.js';

const STATUS_OF: Partial<Record<ErrorCode, number>> = {
  INPUT_INVALID: 400,
  ZONE_UNKNOWN: 404,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  LIMIT_REACHED: 409,
  MODEL_NOT_FOUND: 404,
  MODEL_REFUSED: 409,
  MODEL_MISMATCH: 409,
  UNAUTHORISED: 401,
  FORBIDDEN: 403,
  AUTH_UNAVAILABLE: 503,
  AUDIT_UNAVAILABLE: 503,
  TOO_MANY_REQUESTS: 429,
  HISTORY_UNAVAILABLE: 503,
  LOG_UNAVAILABLE: 503,
  LOG_CLOSED: 503,
};

/** A log that is away comes back, or not, within some seconds. */
const AUDIT_RETRY_SECONDS = 5;

const TITLE_OF: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authorised',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  414: 'Address too long',
  415: 'Unsupported media type',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available',
};

/** An RFC 9457 body. @param url of the request; its query is left out, it may hold what the caller wants kept */
export function problemOf(status: number, code: string, detail: string, url: string): Problem {
  return {
    type: `urn:power-nowcast:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: TITLE_OF[status] ?? 'Error',
    status,
    detail,
    instance: url.split('?', 1)[0] ?? '/',
    code,
  };
}

/** The status of an error that a caller can do something about, or null. */
export function statusOf(code: ErrorCode): number | null {
  return STATUS_OF[code] ?? null;
}

/** Sends an RFC 9457 body. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  code: string,
  detail: string,
): FastifyReply {
  const body = problemOf(status, code, detail, request.url);
  request.problemCode = code;
  // Serialised here: the response schema of a route may be that of another status.
  return reply
    .code(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(body));
}

/** Every error of every route becomes a problem; what nobody foresaw is kept for the status and told in general terms. */
export function installProblems(fastify: FastifyInstance, errors: RecentErrors): void {
  fastify.setErrorHandler((error: FastifyError, request, reply) => {
    const known = describeError(error, expectedBody(fastify, request.routeOptions.schema));
    if (error instanceof NowcastError && error.code === 'AUDIT_UNAVAILABLE')
      noteAuditLost(error, request, reply);
    const challenge = error instanceof NowcastError ? challengeOf(error) : null;
    if (challenge !== null) void reply.header('www-authenticate', challenge);
    if (known !== null) return sendProblem(request, reply, known.status, known.code, known.detail);
    errors.add('api', error);
    const detail = 'the service could not answer this request; its status and log say more';
    return sendProblem(request, reply, 500, 'INTERNAL', detail);
  });
  fastify.setNotFoundHandler((request, reply) => {
    return sendProblem(request, reply, 404, 'NOT_FOUND', nothingThere(request));
  });
}

/** What is said of an address that is none of this service. */
export function nothingThere({ method, url }: Pick<FastifyRequest, 'method' | 'url'>): string {
  return `there is no ${method} ${url.split('?', 1)[0] ?? '/'}; GET /openapi.json lists what there is`;
}

/** An entry that could not be written is not tried again at the end of the call, where it would say too little. */
function noteAuditLost({ retriable }: NowcastError, request: FastifyRequest, reply: FastifyReply): void {
  request.unaudited = true;
  // Only where nothing was changed: a change that was made is not to be repeated by a machine.
  if (retriable) void reply.header('retry-after', AUDIT_RETRY_SECONDS);
}

/** @param expected what the body of the route should be */
function describeError(
  error: FastifyError,
  expected: string | null,
): { status: number; code: string; detail: string } | null {
  if (error instanceof NowcastError) {
    const status = statusOf(error.code);
    return status === null ? null : { status, code: error.code, detail: error.message };
  }
  const ofBody = error.validationContext === 'body' || /^FST_ERR_CTP_/.test(error.code);
  const more = ofBody && expected !== null ? `; ${expected}` : '';
  if (error.validation !== undefined)
    return { status: 400, code: 'INPUT_INVALID', detail: `${validationDetail(error)}${more}` };
  const status = error.statusCode ?? 500;
  if (status < 400 || status >= 500) return null;
  const code = status === 404 ? 'NOT_FOUND' : 'INPUT_INVALID';
  const detail = status === 415 ? 'the body must be sent with content-type: application/json' : error.message;
  return { status, code, detail: `${detail}${more}` };
}

function validationDetail(error: FastifyError): string {
  const first = error.validation?.[0];
  if (first === undefined) return error.message;
  const { params, keyword, instancePath, message } = first;
  if (keyword === 'additionalProperties') {
    return `unknown parameter ${JSON.stringify(params.additionalProperty)}; GET /openapi.json lists the parameters`;
  }
  const name = instancePath.slice(1) || (error.validationContext ?? 'request');
  if (keyword === 'enum') return `${name} must be one of ${String(params.allowedValues)}`;
  return `${name} ${message ?? 'is not valid'}`;
}
