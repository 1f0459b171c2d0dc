import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { expectNoStack } from '../integration/support/clear.js';
import { Cli } from '../integration/support/cli.js';

let dir: string;
let cli: Cli;
let url: string;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'nowcast-feed-'));
  cli = new Cli(['up', '--data-dir', dir, '--port', '0']);
  [, url = ''] = await cli.says(/power-nowcast: (http:\S+)/);
});
afterAll(async () => {
  cli.kill('SIGTERM');
  const { code, stderr } = await cli.finished;
  rmSync(dir, { recursive: true, force: true });
  expect(code, stderr).toBe(0);
  expectNoStack(stderr);
});

interface Conversation {
  readonly messages: { type: string; code?: string; message?: string }[];
  readonly closeCode: number;
}

/** Opens the feed, sends one thing, and listens until the server closes. */
function send(data: string | Buffer, protocols = ['nowcast.v1']): Promise<Conversation> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/feed`, protocols);
    const messages: Conversation['messages'] = [];
    socket.on('open', () => {
      socket.send(data);
    });
    socket.on('message', (frame: Buffer) => {
      messages.push(JSON.parse(frame.toString('utf8')) as Conversation['messages'][number]);
    });
    socket.on('close', (closeCode) => {
      resolve({ messages, closeCode });
    });
    socket.on('error', reject);
  });
}

describe('a client that does not speak the protocol', () => {
  it.each<[string, string | Buffer]>([
    ['no JSON', 'hello'],
    ['an unknown message', '{"type":"dance"}'],
    ['a wrong field', '{"type":"subscribe","id":"a","zones":"*"}'],
    ['a binary frame', Buffer.from([1, 2, 3])],
    ['more than a megabyte', JSON.stringify({ type: 'ping', id: 'x'.repeat(1_200_000) })],
  ])('with %s is told what is wrong and closed with 4400', async (_what, data) => {
    const { messages, closeCode } = await send(data);
    expect(closeCode).toBe(4400);
    const error = messages.find(({ type }) => type === 'error');
    expect(error?.code).toBe('BAD_MESSAGE');
    expect(error?.message?.length).toBeGreaterThan(10);
  });

  it('with another subprotocol gets none back, which it takes as a failure', async () => {
    await expect(send('{"type":"ping"}', ['other.v9'])).rejects.toThrow(/subprotocol/);
  });

  it('leaves the service well', async () => {
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });
});

describe('a request for a zone that nobody knows', () => {
  it.each(['nowcasts/NOPE', 'demand/NOPE', 'weather/NOPE', 'history/NOPE', 'accuracy?zone=NOPE'])(
    '/v1/%s is a 404 problem that names those there are',
    async (route) => {
      const response = await fetch(`${url}/v1/${route}`);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      const problem = (await response.json()) as Record<string, unknown>;
      expect(problem).toMatchObject({ status: 404, code: 'ZONE_UNKNOWN' });
      expect(problem['detail']).toMatch(/"NOPE".*known zones: .*CA ISO-TAC/);
      expectNoStack(JSON.stringify(problem));
    },
  );
});
