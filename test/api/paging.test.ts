import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE_MS, toIso } from '../../src/contracts/time.js';
import { pageOf, type PageKey } from '../../src/api/paging.js';
import { START_MS } from '../feed/records.js';
import { ZONE, alert, get, isValid, problem, run, serveSomeData, serving, zonePath } from './api-fixture.js';

serveSomeData();

describe('pages of a list', () => {
  const key = fc.record({ timeMs: fc.integer({ min: 0, max: 5 }), id: fc.string({ maxLength: 2 }) });
  const keys = fc.uniqueArray(key, { selector: ({ timeMs, id }) => `${timeMs} ${id}` });

  it('together are the list, newest first, each item once', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 7 }), (items, limit) => {
        const seen: PageKey[] = [];
        let cursor: string | null = null;
        do {
          const page: { items: readonly PageKey[]; cursor: string | null } = pageOf(items, (item) => item, {
            limit,
            ...(cursor === null ? {} : { cursor }),
          });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          seen.push(...page.items);
          cursor = page.cursor;
        } while (cursor !== null);
        expect(seen).toHaveLength(items.length);
        expect(new Set(seen)).toEqual(new Set(items));
        for (const [i, item] of seen.entries())
          expect(item.timeMs).toBeLessThanOrEqual(seen[i - 1]?.timeMs ?? 5);
      }),
    );
  });

  it('do not repeat or lose what stays when items come and go between two pages', () => {
    const items = [5, 4, 3, 2, 1].map((timeMs) => ({ timeMs, id: 'a' }));
    const first = pageOf(items, (item) => item, { limit: 2 });
    expect(first.cursor).not.toBeNull();
    const changed = [{ timeMs: 9, id: 'new' }, ...items.filter(({ timeMs }) => timeMs !== 4)];
    const second = pageOf(changed, (item) => item, { limit: 2, cursor: first.cursor ?? '' });
    expect(second.items.map(({ timeMs }) => timeMs)).toEqual([3, 2]);
  });
});

/** Follows `next` to the end. */
async function follow(
  where: string,
  list: string,
  schema: string,
): Promise<{ pages: number; items: unknown[] }> {
  const items: unknown[] = [];
  let pages = 0;
  for (let next: unknown = where; typeof next === 'string'; pages += 1) {
    const { status, body, headers } = await get(next);
    expect(status).toBe(200);
    isValid(schema, body);
    items.push(...(body[list] as unknown[]));
    next = body['next'];
    expect(headers.get('link')).toBe(typeof next === 'string' ? `<${next}>; rel="next"` : null);
  }
  return { pages, items };
}

describe('paging over REST', () => {
  it('alerts, with filters', async () => {
    const all = (await get('/v1/alerts?state=all')).body['alerts'];
    expect(await follow('/v1/alerts?state=all&limit=1', 'alerts', 'rest-alerts')).toEqual({
      pages: 2,
      items: all,
    });
    expect((await get(`/v1/alerts?zone=${zonePath}&kind=demand_late&severity=warning`)).body).toEqual({
      alerts: [alert],
    });
    for (const none of ['zone=quiet', 'kind=mape', 'severity=critical'])
      expect((await get(`/v1/alerts?${none}`)).body).toEqual({ alerts: [] });
  });

  it('models and training runs, with filters', async () => {
    const { items } = await follow('/v1/models?limit=1', 'models', 'rest-models');
    expect(items.map((model) => (model as { version: string }).version)).toEqual(['m0', 'm1']);
    expect((await get('/v1/models?status=retired')).body['models']).toMatchObject([{ version: 'm0' }]);
    expect((await get('/v1/models?zone=quiet')).body['models']).toEqual([]);
    expect((await get(`/v1/training-runs?zone=${zonePath}&status=succeeded&kind=initial`)).body).toEqual({
      trainingRuns: [run],
    });
    expect((await get('/v1/training-runs?status=failed')).body).toEqual({ trainingRuns: [] });
  });

  it('accuracy by horizon and nowcasts by zone', async () => {
    expect((await get('/v1/accuracy?horizonMinutes=60')).body['accuracy']).toHaveLength(1);
    expect((await get('/v1/accuracy?horizonMinutes=5')).body['accuracy']).toEqual([]);
    expect((await get(`/v1/nowcasts?zone=${zonePath}`)).body['nowcasts']).toHaveLength(1);
    expect((await get('/v1/nowcasts?zone=quiet')).body['nowcasts']).toEqual([]);
  });

  it.each([
    ['demand', 'rest-demand'],
    ['history', 'rest-history'],
    ['weather', 'rest-weather'],
  ])('the range of %s from its start on', async (kind, schema) => {
    const range = `from=${toIso(START_MS)}&to=${toIso(START_MS + 120 * MINUTE_MS)}`;
    const whole = (await get(`/v1/${kind}/${zonePath}?${range}`)).body['points'];
    const { pages, items } = await follow(`/v1/${kind}/${zonePath}?${range}&limit=5`, 'points', schema);
    expect(items).toEqual(whole);
    expect(pages).toBe(5);
  });

  it('a range that is too long for one answer can be paged', async () => {
    const where = `/v1/demand/${zonePath}?from=2023-01-01T00:00:00Z`;
    expect(await problem(where, 400)).toContain('or page with limit');
    expect((await follow(`${where}&limit=50000`, 'points', 'rest-demand')).items).toHaveLength(24);
  });

  it.each(['abc', 'bnVsbA', 'WzEsMl0'])('refuses a cursor that it did not give: %s', async (cursor) => {
    expect(await problem(`/v1/alerts?cursor=${cursor}`, 400)).toMatch(/^cursor must be taken from/);
  });
});

describe('conditional requests', () => {
  it('answers 304 to who has the content already, whatever the encoding', async () => {
    const where = `/v1/history/${zonePath}`;
    const etags = new Set<string>();
    for (const encoding of ['br', 'gzip', 'identity']) {
      const { headers, status } = await get(where, { headers: { 'accept-encoding': encoding } });
      expect(status).toBe(200);
      expect(headers.get('content-encoding')).toBe(encoding === 'identity' ? null : encoding);
      expect(headers.get('vary')).toContain('accept-encoding');
      etags.add(headers.get('etag') ?? 'none');
    }
    expect(etags.size).toBe(1);
    const [etag = ''] = etags;
    expect(etag).toMatch(/^W\/"[\w-]{27}"$/);
    for (const given of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
      const answer = await get(where, { headers: { 'if-none-match': given } });
      expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await get(where, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it('gives another tag once the content changes', async () => {
    const where = '/v1/zones';
    const before = (await get(where)).headers.get('etag');
    expect((await get(where)).headers.get('etag')).toBe(before);
    await serving.append('demand.observed', [
      {
        zone: 'late-comer',
        kind: 'actual',
        validTime: toIso(START_MS),
        stepMinutes: 5,
        demandMw: 1,
        availableAt: toIso(START_MS),
        source: 'test',
        revision: 0,
      },
    ]);
    await expect
      .poll(async () => (await get(where, { headers: { 'if-none-match': before ?? '' } })).status)
      .toBe(200);
    expect((await get(where)).text).toContain(`"${ZONE}"`);
  });

  it('gives none to errors and to what is not read', async () => {
    const answer = await get('/v1/nope', { headers: { 'if-none-match': '*' } });
    expect([answer.status, answer.headers.get('etag')]).toEqual([404, null]);
  });
});
