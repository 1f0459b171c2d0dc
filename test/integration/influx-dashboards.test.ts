import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/contracts/time.js';
import { queriesOf, readDashboards, type PlacedQuery } from '../deploy/dashboard-queries.js';
import { topicRows } from '../deploy/consumers-table.js';
import { ALERT_GROUPS } from '../../grafana/src/alerts/groups.js';
import { EXPECTED_PLACES, expectNumbers, WORDS } from './support/dashboard-expectations.js';
import { prometheusMissing, prometheusOver, type PrometheusOverSnapshots } from './support/prometheus.js';
import { replayWeek, ZONE, type ReplayedWeek } from './support/replayed-week.js';
import { servicesOrSkip, uniqueName } from './support/services.js';

const services = await servicesOrSkip(['influx']);
const noPrometheus = prometheusMissing();
if (noPrometheus !== null) console.warn(`skipped, needs Prometheus: ${noPrometheus}`);
const withoutPrometheus = noPrometheus !== null && process.env['NOWCAST_REQUIRE_SUITES'] !== '1';

const HOUR_SECONDS = 3600;
const all = readDashboards().map((dashboard) => ({ uid: dashboard.uid, ...queriesOf(dashboard) }));
const placed = (kind: 'influx' | 'prometheus'): (readonly [string, string, PlacedQuery])[] =>
  all.flatMap(({ uid, [kind]: queries }) => queries.map((query) => [uid, query.place, query] as const));

/** The week's metrics are an hour apart, where a scrape is each 15 s: what looks back less than four hours finds too few. */
function widened(expr: string): string {
  return expr.replace(/\[(\d+)m\]|\[1h\]/g, '[4h]').replaceAll('offset 15m', 'offset 4h');
}

/** What Grafana makes of the variables: the chosen values, the time shown, the width of a pixel. */
function filledIn(query: string, { fromMs, toMs }: ReplayedWeek): string {
  return query
    .replaceAll('${zone:regex}', ZONE)
    .replaceAll('${horizon:regex}', '60')
    .replaceAll('${window:regex}', '24h')
    .replaceAll('"$zone"', `"${ZONE}"`)
    .replaceAll('$timeFilter', `time >= ${fromMs}ms AND time <= ${toMs}ms`)
    .replaceAll('$__interval', '30m')
    .replaceAll('$__rate_interval', '4h')
    .replaceAll('$__range', '7d');
}

describe.skipIf(services.skipReason !== null)('dashboards over a replayed week', () => {
  const database = uniqueName('dashboards');
  const dir = mkdtempSync(path.join(tmpdir(), 'nowcast-dashboards-'));
  let week: ReplayedWeek;

  beforeAll(async () => {
    week = await replayWeek({ url: services.influxUrl, database });
  });
  afterAll(async () => {
    await week.close();
    await influx(`DROP DATABASE "${database}"`);
    rmSync(dir, { recursive: true, force: true });
  });

  async function influx(query: string): Promise<{ columns: string[]; values: unknown[][] }[]> {
    const body = new URLSearchParams({ q: query, db: database });
    const response = await fetch(`${services.influxUrl}/query`, { method: 'POST', body });
    const { results, error } = (await response.json()) as {
      error?: string;
      results?: { error?: string; series?: { columns: string[]; values: unknown[][] }[] }[];
    };
    expect(error ?? results?.[0]?.error).toBeUndefined();
    return results?.[0]?.series ?? [];
  }

  it.each(placed('influx'))('%s, %s: InfluxDB has what it shows', async (_uid, place, { text, kind }) => {
    const rows = (await influx(filledIn(text, week))).flatMap(({ values }) => values);
    const words = WORDS[place] ?? [];
    expect(rows.flat().map(String)).toEqual(expect.arrayContaining([...words]));
    expect(kind === 'panel' || words.length > 0, `no words for ${place}`).toBe(true);
    const numbers = rows.flatMap((row) => row.slice(1)).filter((cell) => typeof cell === 'number');
    if (kind === 'panel') expectNumbers(place, numbers);
  });

  it('is expected something of every panel, and of nothing else', () => {
    const places = new Set([...placed('influx'), ...placed('prometheus')].map(([, place]) => place));
    expect(new Set(EXPECTED_PLACES)).toEqual(places);
  });

  it('gives records the headers that the guide for consumers promises', () => {
    const own = ['bands', 'error-memory', 'errors', 'quantiles', 'ramp24h', 'trigger'];
    expect(week.headers.size).toBeGreaterThan(8);
    for (const { topic, headers } of topicRows()) {
      const found = week.headers.get(topic);
      if (found !== undefined)
        expect(
          found.filter((name) => !own.includes(name)),
          topic,
        ).toEqual(headers);
    }
  });

  it('draws the band around the nowcast, and the actual near it', async () => {
    const band = await influx(
      `SELECT "mw", "p10", "p90" FROM "nowcast" WHERE "horizon" = '60' AND "banded" = true AND time >= ${week.fromMs + 48 * HOUR_MS}ms`,
    );
    const rows = (band[0]?.values ?? []) as [string, number, number, number][];
    expect(rows.length).toBeGreaterThan(200);
    for (const [, mw, p10, p90] of rows) {
      expect(p10).toBeLessThanOrEqual(mw);
      expect(p90).toBeGreaterThanOrEqual(mw);
    }
  });

  describe.skipIf(withoutPrometheus)('and Prometheus', () => {
    let prometheus: PrometheusOverSnapshots;
    beforeAll(async () => {
      prometheus = await prometheusOver(week.snapshots, HOUR_MS, path.join(dir, 'prometheus'));
    });
    afterAll(() => prometheus.close());

    it.each(placed('prometheus'))('%s, %s: the metrics have what it shows', async (_uid, place, query) => {
      const expr = widened(filledIn(query.text, week));
      const series = query.instant
        ? await prometheus.instant(expr, week.toMs)
        : await prometheus.range(expr, week.fromMs, week.toMs, HOUR_SECONDS);
      expectNumbers(
        place,
        series.flatMap(({ values }) => values),
      );
    });

    it.each(ALERT_GROUPS.flatMap(({ rules }) => rules))(
      '$name asks for series that there are',
      async (rule) => {
        const series = await prometheus.range(widened(rule.expr), week.fromMs, week.toMs, HOUR_SECONDS);
        // What the service's own verdicts, an outage and other jobs alone have; promtool's cases have them.
        if (/alert_active|absent|^up|unless/.test(rule.expr)) return;
        expect(series.flatMap(({ values }) => values).length, rule.expr).toBeGreaterThan(0);
      },
    );
  });
});
