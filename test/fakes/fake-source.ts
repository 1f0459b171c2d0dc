import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { zipOf } from '../sources/zip.js';

export type FaultKind =
  '429' | 'retry-after' | 'html' | 'truncated' | 'error-zip' | 'reset' | 'slow-loris' | 'redirect' | '503';

export interface Fault {
  readonly kind: FaultKind;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly type?: string;
  readonly body: Buffer | string;
  readonly etag?: string;
}

/** Null for not found. */
export type Handler = (url: URL, nowMs: number, headers: IncomingHttpHeaders) => FakeAnswer | null;

export interface Logged {
  readonly path: string;
  readonly atMs: number;
  readonly status: number | 'cut';
}

const THROTTLED =
  '<html><body><p>CAISO Acceptable Use Policy Violation. Please retry your request after 5 seconds.</p></body></html>';
export const SERVER_ERROR_XML = `<?xml version="1.0" encoding="UTF-8"?>
<m:OASISReport xmlns:m="http://www.caiso.com/soa/OASISReport_v1.xsd"><m:MessagePayload><m:RTO><m:name>CAISO</m:name><m:ERROR><m:ERR_CODE>1010</m:ERR_CODE><m:ERR_DESC>System Error</m:ERR_DESC></m:ERROR></m:RTO></m:MessagePayload></m:OASISReport>`;

/** A real HTTP server that plays a source in virtual time, with faults at known times and a log of every request. */
export class FakeSource {
  readonly requests: Logged[] = [];
  private readonly server: Server;
  private open = 0;
  /** Most requests that were open at once. */
  mostOpen = 0;

  private constructor(
    private readonly handler: Handler,
    private readonly nowMs: () => number,
    private readonly faults: readonly Fault[],
  ) {
    this.server = createServer((request, response) => this.serve(request, response));
  }

  static async start(
    handler: Handler,
    nowMs: () => number,
    faults: readonly Fault[] = [],
  ): Promise<FakeSource> {
    const fake = new FakeSource(handler, nowMs, faults);
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const atMs = this.nowMs();
    this.open++;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    const fault = this.faults.find(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
    const entry = (status: Logged['status']): void => {
      this.requests.push({ path: request.url ?? '', atMs, status });
      response.once('close', () => {
        this.open--;
      });
    };
    response.sendDate = false;
    const url = new URL(request.url ?? '/', this.url);
    if (fault !== undefined) this.fail(fault.kind, this.handler(url, atMs, request.headers), response, entry);
    else this.answer(this.handler(url, atMs, request.headers), request, response, entry);
  }

  private answer(
    answer: FakeAnswer | null,
    request: IncomingMessage,
    response: ServerResponse,
    entry: (status: number) => void,
  ): void {
    const {
      status = 200,
      type = 'text/csv',
      body,
      etag,
    } = answer ?? { status: 404, type: 'text/html', body: '<html>Not Found</html>' };
    const isKnown = etag !== undefined && request.headers['if-none-match'] === etag;
    entry(isKnown ? 304 : status);
    response.writeHead(isKnown ? 304 : status, {
      'content-type': type,
      ...(etag === undefined ? {} : { etag }),
    });
    response.end(isKnown ? undefined : body);
  }

  private fail(
    kind: FaultKind,
    right: FakeAnswer | null,
    response: ServerResponse,
    entry: (status: Logged['status']) => void,
  ): void {
    const html = { 'content-type': 'text/html' };
    const whole = Buffer.from(right?.body ?? 'nothing');
    switch (kind) {
      case '429':
        entry(429);
        response.writeHead(429, html).end(THROTTLED);
        return;
      case 'retry-after':
        entry(429);
        response.writeHead(429, { ...html, 'retry-after': '90' }).end(THROTTLED);
        return;
      case '503':
        entry(503);
        response.writeHead(503, html).end('<html>Service Unavailable</html>');
        return;
      case 'html':
        entry(200);
        response.writeHead(200, html).end('<!DOCTYPE html><html><title>Scheduled maintenance</title></html>');
        return;
      case 'redirect':
        entry(302);
        response.writeHead(302, { location: 'https://login.example/?session=secret' }).end();
        return;
      case 'error-zip':
        entry(200);
        response
          .writeHead(200, { 'content-type': 'application/x-zip-compressed' })
          .end(zipOf('error.xml', SERVER_ERROR_XML));
        return;
      case 'truncated':
        entry('cut');
        // A whole HTTP answer with half a zip; of plain text the connection ends in the middle.
        if (whole.subarray(0, 2).toString() === 'PK')
          response.writeHead(200).end(whole.subarray(0, whole.length / 2));
        else {
          response.writeHead(200, { 'content-length': whole.length });
          response.write(whole.subarray(0, whole.length / 2), () => response.destroy());
        }
        return;
      case 'slow-loris':
        entry('cut');
        response.writeHead(200, { 'content-type': 'text/csv' });
        response.write(whole.subarray(0, 10));
        return;
      default:
        entry('cut');
        response.destroy();
    }
  }
}
