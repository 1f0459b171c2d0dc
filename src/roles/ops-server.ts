import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tooMany, type AccessControl, type CallerFacts } from '../api/auth/access-control.js';
import { challengeOf } from '../api/auth/challenge.js';
import { problemOf, statusOf } from '../api/problem.js';
import { messageOf, NowcastError } from '../contracts/errors.js';
import type { RoleContext } from './context.js';
import { openAccess } from './open-access.js';

export interface OpsServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Health and metrics of a role that serves nothing else. /healthz and /readyz are open, though only who may read is told
 * what is missing; /metrics asks for the scope read, as the serve role does.
 */
export async function startOpsServer(context: RoleContext): Promise<OpsServer> {
  const { host, port } = context.config.http;
  const callers = openAccess(context);
  const { access } = callers;
  const server = createServer((request, response) => {
    answer(context, access, request, response).catch((error: unknown) => {
      sendError(request, response, error);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(listenError(error, host, port));
    });
    server.listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host}:${bound}`,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      });
      await callers.close();
    },
  };
}

async function answer(
  { health, metrics }: RoleContext,
  access: AccessControl,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url?.split('?')[0];
  const facts: CallerFacts = { headers: request.headers, address: request.socket.remoteAddress ?? '' };
  if (request.method !== 'GET') send(response, 405, 'text/plain', 'GET only\n');
  else if (path === '/healthz') send(response, 200, 'application/json', '{"status":"ok"}\n');
  else if (path === '/readyz') {
    const report = health.readiness();
    const shown = (await access.maySee(facts, 'read')) ? report : { ready: report.ready, checks: [] };
    send(response, report.ready ? 200 : 503, 'application/json', JSON.stringify(shown) + '\n');
  } else if (path === '/metrics') {
    await requireRead(access, facts, response);
    send(response, 200, metrics.registry.contentType, await metrics.registry.metrics());
  } else send(response, 404, 'text/plain', 'this role serves /healthz, /readyz and /metrics\n');
}

async function requireRead(
  access: AccessControl,
  facts: CallerFacts,
  response: ServerResponse,
): Promise<void> {
  const { principal, refusal, rate } = await access.identify(facts);
  if (!rate.allowed) {
    response.setHeader('retry-after', rate.retryAfterSeconds);
    throw tooMany(rate);
  }
  if (principal === null) throw refusal;
  access.requireScope(principal, 'read');
}

function sendError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const known = error instanceof NowcastError ? error : null;
  const status = known === null ? null : statusOf(known.code);
  const challenge = known === null ? null : challengeOf(known);
  if (challenge !== null) response.setHeader('www-authenticate', challenge);
  const code = known !== null && status !== null ? known.code : 'INTERNAL';
  const body = problemOf(status ?? 500, code, messageOf(error), request.url ?? '/');
  send(response, status ?? 500, 'application/problem+json; charset=utf-8', JSON.stringify(body));
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): NowcastError {
  if (error.code === 'EADDRINUSE') {
    const text = `port ${port} on ${host} is in use; stop what uses it, or choose another with --port (0 picks a free one)`;
    return new NowcastError('PORT_IN_USE', text, { cause: error });
  }
  const why = error.code === 'EACCES' ? 'this user may not bind it' : 'it is not an address of this machine';
  return new NowcastError(
    'CONFIG_INVALID',
    `cannot listen on ${host} port ${port}: ${why}; choose others with --port and --host`,
    { cause: error },
  );
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'content-type': contentType, 'x-content-type-options': 'nosniff' });
  response.end(body);
}
