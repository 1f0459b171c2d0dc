import { describe, expect, it, vi } from 'vitest';
import { ZONE, problem, serveSomeData, serving, zonePath } from './api-fixture.js';

serveSomeData();

describe('bad requests', () => {
  it.each(['nowcasts', 'demand', 'weather', 'history'])(
    '%s of an unknown zone lists the known ones',
    async (kind) => {
      const detail = await problem(`/v1/${kind}/Atlantis`, 404);
      expect(detail).toBe(`unknown zone "Atlantis"; known zones: "${ZONE}", "quiet"`);
    },
  );

  it.each([
    [
      `/v1/demand/${zonePath}?from=yesterday`,
      /^from must be an ISO 8601 time .* for example from=2024-07-01T00:00:00Z/,
    ],
    [`/v1/demand/${zonePath}?to=2024-07-01`, /^to must be an ISO 8601 time/],
    [`/v1/nowcasts/${zonePath}?at=now`, /^at must be an ISO 8601 time/],
    [`/v1/weather/${zonePath}?from=2024-07-02T00:00:00Z&to=2024-07-01T00:00:00Z`, /^from must be before to/],
    [`/v1/history/${zonePath}?from=2000-01-01T00:00:00Z`, /ask for at most 173 days/],
    [`/v1/history/${zonePath}?horizonMinutes=7`, /no such horizonMinutes; offered: 5, 15, 60/],
    [`/v1/history/${zonePath}?horizonMinutes=abc`, /^horizonMinutes must be integer/],
    [`/v1/demand/${zonePath}?form=2024-07-01T00:00:00Z`, /^unknown parameter "form"/],
    [`/v1/demand/${zonePath}?from=2024-07-01T00:00:00Z&from=2024-07-02T00:00:00Z`, /^from must be string/],
    ['/v1/accuracy?window=2h', /^window must be one of 1h,24h,7d/],
    ['/v1/alerts?state=open', /^state must be one of raised,resolved,all/],
    ['/v1/zones?x=1', /^unknown parameter "x"/],
  ])('%s', async (where, detail) => {
    expect(await problem(where, 400)).toMatch(detail);
  });

  it('what is not there', async () => {
    expect(await problem('/v1/nope', 404)).toContain('GET /v1/nope');
    expect(await problem('/v1/nope', 404, { method: 'POST' })).toContain('POST /v1/nope');
    expect(await problem('/v1/training-runs/none', 404)).toContain('"none"');
    expect(await problem('/v1/nowcasts/quiet', 404)).toBe('zone "quiet" has no nowcast yet');
    expect(await problem(`/v1/nowcasts/${zonePath}?at=2020-01-01T00:00:00Z`, 404)).toContain('2020-01-01');
    expect(await problem('/v1/accuracy?zone=Atlantis', 404)).toContain('unknown zone');
    expect(await problem('/v1/demand/%E0%A4%A', 400)).toBeDefined();
    expect(await problem('/v1/feed', 404)).toBeDefined();
  });

  it('a history that fails is a 500 without its inside, kept for the status', async () => {
    const spy = vi.spyOn(serving.history, 'demand').mockRejectedValueOnce(new TypeError('secret inside'));
    const detail = await problem(`/v1/demand/${zonePath}`, 500);
    expect(detail).not.toContain('secret');
    expect(serving.errors.list()[0]).toMatchObject({ where: 'api', message: 'secret inside' });
    spy.mockRestore();
  });
});
