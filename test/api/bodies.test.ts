import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../src/contracts/generated/rest-problem.js';
import { Serving } from '../feed/serving.js';
import { isValid } from './api-fixture.js';

const KEY = 'a-key-of-tests-0123456789';

/** Routes with a body, and what is said of one that is wrong. */
const ROUTES: Record<string, string> = {
  'POST /v1/models/:version/promote': 'expected is a JSON object with zone (optional), reason (optional)',
  'POST /v1/models/rollback': 'expected is a JSON object with zone, toVersion (optional), reason (optional)',
  'POST /v1/training-runs': 'expected is a JSON object with zones (optional), kind (optional)',
  'POST /v1/webhooks':
    'expected is a JSON object with url, description (optional), events (optional), zones (optional)',
  'POST /v1/webhooks/:id/test': 'expected is no body, or {}',
  'POST /v1/webhooks/:id/replay': 'expected is a JSON object with deliveryId (optional)',
  'POST /v1/keys': 'expected is a JSON object with name, scopes, expiresAt (optional)',
  'POST /v1/keys/:id/rotate': 'expected is a JSON object with graceSeconds (optional), expiresAt (optional)',
};
/** Of these a body may hold nothing. */
const WITHOUT_REQUIRED = Object.keys(ROUTES).filter((route) => /optional|no body/.test(firstField(route)));
const WRONG = ['null', '[]', '"x"', '5', 'true', '[{}]', '{"a":', '{"zone":"A"', '', ' ', '{"unheard":1}'];

let serving: Serving;
beforeAll(async () => {
  serving = await Serving.start({ adminKey: KEY, access: { perKey: 1e6 } });
});
afterAll(() => serving.stop());

function firstField(route: string): string {
  return (ROUTES[route] ?? '').split(',', 1)[0] ?? '';
}

async function send(route: string, payload: string | undefined, type: string | null = 'application/json') {
  const [method, url = ''] = route.split(' ');
  const answer = await serving.server.fastify.inject({
    method: method as 'POST',
    url: url.replace(/:\w+/g, 'x'),
    headers: {
      host: 'localhost',
      authorization: `Bearer ${KEY}`,
      ...(type === null ? {} : { 'content-type': type }),
    },
    ...(payload === undefined ? {} : { payload }),
  });
  const body = answer.json<Problem>();
  if (answer.statusCode >= 400) {
    isValid('rest-problem', body);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  }
  return { status: answer.statusCode, detail: body.detail };
}

describe('bodies', () => {
  it('of every route that takes one are in the table', () => {
    const withBody = serving.server.routes.filter(({ method }) => ['POST', 'PUT', 'PATCH'].includes(method));
    expect(withBody.map(({ method, url }) => `${method} ${url}`).sort()).toEqual(Object.keys(ROUTES).sort());
    expect(WITHOUT_REQUIRED).toHaveLength(5);
  });

  it('are required by the OpenAPI document where they hold a required field', () => {
    const { paths } = serving.server.fastify.swagger() as {
      paths: Record<string, { post?: { requestBody?: { required: boolean } } }>;
    };
    for (const route of Object.keys(ROUTES)) {
      const path = route.replace('POST ', '').replace(/:(\w+)/g, '{$1}');
      const required = paths[path]?.post?.requestBody?.required;
      expect(required, route).toBe(!WITHOUT_REQUIRED.includes(route));
    }
  });

  describe.each(Object.entries(ROUTES))('%s', (route, expected) => {
    it.each(WRONG)('with %j is 400 and told what it should be', async (payload) => {
      const { status, detail } = await send(route, payload);
      expect([status, detail]).toEqual([400, expect.stringContaining(`; ${expected}`)]);
    });

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense'])(
      'as %s is 415',
      async (type) => {
        const { status, detail } = await send(route, '{}', type);
        expect([status, detail]).toEqual([
          415,
          `the body must be sent with content-type: application/json; ${expected}`,
        ]);
      },
    );

    it('with {}, or without one, is as its fields say', async () => {
      const none = await send(route, undefined, null);
      const empty = await send(route, '{}');
      if (WITHOUT_REQUIRED.includes(route)) {
        // There is no such model, webhook or key.
        const status = route === 'POST /v1/training-runs' ? 202 : 404;
        expect([none.status, empty.status]).toEqual([status, status]);
        return;
      }
      expect(none).toEqual({ status: 400, detail: `body must be object; ${expected}` });
      expect(empty.status).toBe(400);
      expect(empty.detail).toMatch(/must have required property '(zone|url|name)'; expected is/);
    });
  });
});
