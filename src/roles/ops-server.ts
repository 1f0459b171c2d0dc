import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, NowcastError } from '../contracts/errors.js';
import type { RoleContext } from './context.js';

export interface OpsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Health and metrics of a role that serves nothing else: /healthz, /readyz, /metrics. */
export async function startOpsServer({ config, health, metrics }: RoleContext): Promise<OpsServer> {
  const { host, port } = config.http;
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET') send(response, 405, 'text/plain', 'GET only\n');
    else if (path === '/healthz') send(response, 200, 'application/json', '{"status":"ok"}\n');
    else if (path === '/readyz') {
      const report = health.readiness();
      send(response, report.ready ? 200 : 503, 'application/json', JSON.stringify(report) + '\n');
    } else if (path === '/metrics') {
      const { registry } = metrics;
      registry.metrics().then(
        (text) => {
          send(response, 200, registry.contentType, text);
        },
        (error: unknown) => {
          send(response, 500, 'text/plain', `${messageOf(error)}\n`);
        },
      );
    } else send(response, 404, 'text/plain', 'this role serves /healthz, /readyz and /metrics\n');
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
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
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
