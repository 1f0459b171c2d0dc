import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute, VIEWS, type Route } from '../../src/web/route.js';

const routes: fc.Arbitrary<Route> = fc
  .record({
    view: fc.constantFrom(...VIEWS),
    zone: fc.option(fc.string({ minLength: 1, maxLength: 64 })),
    atMs: fc.option(fc.integer({ min: 0, max: 4_000_000_000_000 })),
    horizonMinutes: fc.option(fc.integer({ min: 1, max: 10_080 })),
  })
  .map((route) => (route.view === 'zone' ? route : { ...route, atMs: null }));

describe('the address of the page', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(routes, (route) => {
        expect(parseRoute(formatRoute(route))).toEqual(route);
      }),
    );
  });

  it('never fails to be read', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(VIEWS).toContain(parseRoute(text).view);
      }),
    );
  });

  it('shows all zones unless a zone is named', () => {
    expect(parseRoute('').view).toBe('system');
    expect(parseRoute('?zone=CA+ISO-TAC')).toMatchObject({ view: 'zone', zone: 'CA ISO-TAC' });
    expect(parseRoute('?view=nonsense&zone=').view).toBe('system');
  });

  it('takes a moment only with its offset, as it means something else in each browser without', () => {
    expect(parseRoute('?view=zone&at=2026-03-08T14:05:00Z').atMs).toBe(Date.UTC(2026, 2, 8, 14, 5));
    expect(parseRoute('?view=zone&at=2026-03-08T14:05:00').atMs).toBeNull();
    expect(parseRoute('?view=zone&at=nonsenseZ').atMs).toBeNull();
  });

  it('says the moment in UTC and readably', () => {
    const atMs = Date.UTC(2026, 2, 8, 14, 5);
    expect(formatRoute({ view: 'zone', zone: 'A B', atMs, horizonMinutes: 60 })).toBe(
      '?view=zone&zone=A+B&at=2026-03-08T14:05:00Z&horizon=60',
    );
  });
});
