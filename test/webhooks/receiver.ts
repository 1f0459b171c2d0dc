import { createHmac, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly id: string;
  readonly type: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;
const OK: Answer = (_request, response) => response.writeHead(204).end();

/** A real receiver of webhooks; what it answers can be changed. */
export class Receiver {
  readonly received: Received[] = [];
  answer: Answer = OK;

  private constructor(
    private readonly server: http.Server,
    readonly url: string,
  ) {}

  /** @param tls speaks https with this certificate */
  static async start(port = 0, tls?: { key: string; cert: string }): Promise<Receiver> {
    let receiver: Receiver | null = null;
    const take: http.RequestListener = (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        const { headers } = request;
        const { type } = JSON.parse(body) as { type: string };
        receiver?.received.push({ id: String(headers['webhook-id']), type, headers, body });
        receiver?.answer(request, response);
      });
    };
    const server = tls === undefined ? http.createServer(take) : https.createServer(tls, take);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const { port: bound } = server.address() as AddressInfo;
    receiver = new Receiver(server, `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${bound}/hook`);
    return receiver;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export const status =
  (code: number, headers: http.OutgoingHttpHeaders = {}): Answer =>
  (_request, response) =>
    response.writeHead(code, headers).end();

/** As docs/webhooks.md shows it to users. */
export function isSigned(secret: string, { headers, body }: Received): boolean {
  const id = String(headers['webhook-id']);
  const timestamp = String(headers['webhook-timestamp']);
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .some((part) => {
      const given = Buffer.from(part.replace(/^v1,/, ''), 'base64');
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
}
