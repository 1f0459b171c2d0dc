import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { grants, type Scope } from '../../../src/api/auth/scopes.js';
import { FeedClient } from '../../feed/feed-client.js';
import { Serving } from '../../feed/serving.js';
import { makeCredentials, type Credential, type Credentials } from './credentials.js';

/** How a credential reaches the feed. */
const WAYS = ['header', 'subprotocol', 'message'] as const;
type Way = (typeof WAYS)[number];

/** What a client may ask of the feed, and the answer that shows that it was let in. */
const ACTIONS = {
  subscribe: [{ type: 'subscribe', id: 's', zones: ['*'] }],
  resume: [{ type: 'subscribe', id: 's', zones: ['*'], resume: { epoch: 'x', seq: 0 } }],
  unsubscribe: [{ type: 'unsubscribe', id: 'none' }],
} as const;
const LET_IN = { subscribe: 'snapshot', resume: 'snapshot', unsubscribe: 'error' } as const;
type Action = keyof typeof ACTIONS;

/** Characters that a subprotocol may have (RFC 9110 token). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

let credentials: Credentials;
let closed: Serving;
let local: Serving;
const clients: FeedClient[] = [];

beforeAll(async () => {
  credentials = await makeCredentials();
  const access = { checkers: credentials.checkers, perAddress: 1e6, perKey: 1e6 };
  const api = { feedLimits: { drainMs: 0, tickMs: 20, heartbeatMs: 50 } };
  closed = await Serving.start({
    api,
    access: { ...access, open: { host: '0.0.0.0', openRead: null, openExport: null } },
  });
  local = await Serving.start({ api, access });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(async () => {
  await closed.stop();
  await local.stop();
  await credentials.close();
});

function isLetIn({ scopes }: Credential, open: readonly Scope[]): boolean {
  return scopes !== null && grants(new Set([...scopes, ...open]), 'read');
}

/** A credential can be sent this way at all. */
function fits(way: Way, { authorization }: Credential): boolean {
  if (authorization === null) return way === 'header';
  if (way === 'header') return true;
  const token = tokenOf(authorization);
  return token !== null && (way === 'message' ? token.length <= 4096 : TOKEN.test(token));
}

function tokenOf(authorization: string | null): string | null {
  return /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? null;
}

async function open(to: Serving, way: Way, { authorization }: Credential): Promise<FeedClient> {
  const token = tokenOf(authorization);
  const headers = way === 'header' && authorization !== null ? { authorization } : {};
  const offered = way === 'subprotocol' && token !== null ? [`bearer.${token}`] : [];
  const client = await FeedClient.connect(
    to.feedUrl,
    { headers: { host: 'localhost', ...headers } },
    offered,
  );
  clients.push(client);
  if (way === 'message' && token !== null) client.send({ type: 'auth', token });
  return client;
}

async function outcome(client: FeedClient, action: Action): Promise<'let in' | number> {
  const answer = client.until(() => client.all(LET_IN[action]).length > 0).then(() => 'let in' as const);
  answer.catch(() => undefined);
  for (const message of ACTIONS[action])
    if (client.socket.readyState === WebSocket.OPEN) client.send(message);
  return Promise.race([
    answer.catch(() => client.closed.then(({ code }) => code)),
    client.closed.then(({ code }) => code),
  ]);
}

async function differences(to: Serving, allowed: readonly Scope[]): Promise<string[]> {
  const wrong: string[] = [];
  const cases = WAYS.flatMap((way) =>
    credentials.all.filter((credential) => fits(way, credential)).map((credential) => ({ way, credential })),
  );
  expect(cases.length).toBeGreaterThan(60);
  await Promise.all(
    cases.flatMap(({ way, credential }) =>
      (Object.keys(ACTIONS) as Action[]).map(async (action) => {
        const got = await outcome(await open(to, way, credential), action);
        const want = isLetIn(credential, allowed) ? 'let in' : 4401;
        if (got !== want) wrong.push(`${action}, ${credential.label} by ${way}: ${got}, not ${want}`);
      }),
    ),
  );
  return wrong;
}

describe('the auth matrix of the feed: every action x every credential x every way to send it', () => {
  it('where nothing is open', async () => {
    expect(await differences(closed, [])).toEqual([]);
  });

  it('where this machine may read', async () => {
    expect(await differences(local, ['read'])).toEqual([]);
  });

  it('lets nobody in through a name that is not of this machine', async () => {
    const client = await FeedClient.connect(local.feedUrl, { headers: { host: 'rebound.example.org' } });
    client.send(ACTIONS.subscribe[0]);
    expect(await client.closed).toMatchObject({ code: 4401, reason: expect.stringContaining('auth') });
  });

  it('never repeats a credential in a close reason', async () => {
    for (const credential of credentials.all.filter(({ scopes }) => scopes === null)) {
      const { reason } = await (await open(closed, 'header', credential)).closed;
      const token = tokenOf(credential.authorization);
      if (token !== null && token.length > 8) expect(reason).not.toContain(token.slice(-8));
    }
  });
});
