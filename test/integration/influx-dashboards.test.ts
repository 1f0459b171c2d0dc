import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openInfluxHistory } from '../../src/history/influx-history.js';
import { T0, accuracyOf, demandOf, nowcastOf, weatherOf } from '../contract/history-contract/samples.js';
import { queriesOf, type Dashboard } from '../deploy/dashboard-queries.js';
import { servicesOrSkip, uniqueName } from './support/services.js';

const services = await servicesOrSkip(['influx']);
const folder = path.resolve(import.meta.dirname, '..', '..', 'grafana', 'dashboards');
const queries = readdirSync(folder).flatMap((file) => {
  const dashboard = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Dashboard;
  return queriesOf(dashboard).influx.map(({ text }) => [file, text] as const);
});

/** Puts in what Grafana would: the chosen values of the variables, the time shown, the width of a pixel. */
function filledIn(query: string): string {
  return query
    .replaceAll('${zone:regex}', 'CA ISO-TAC')
    .replaceAll('${horizon:regex}', '60')
    .replaceAll('${window:regex}', '24h')
    .replaceAll('$timeFilter', `time >= ${T0 - 86_400_000}ms AND time <= ${T0 + 86_400_000}ms`)
    .replaceAll('$__interval', '5m');
}

describe.skipIf(services.skipReason !== null)('dashboards over InfluxDB', () => {
  const database = uniqueName('dashboards');

  beforeAll(async () => {
    const history = openInfluxHistory({ url: services.influxUrl, database });
    await history.open();
    await history.write({
      demand: [demandOf('CA ISO-TAC', T0, 21_000)],
      weather: [weatherOf('CA ISO-TAC', T0, { temperatureC: 20 })],
      nowcasts: [nowcastOf('CA ISO-TAC', T0)],
      accuracy: [accuracyOf('CA ISO-TAC', T0, 60)],
    });
    await history.close();
  });
  afterAll(async () => {
    await fetch(`${services.influxUrl}/query`, {
      method: 'POST',
      body: new URLSearchParams({ q: `DROP DATABASE "${database}"` }),
    });
  });

  it.each(queries)('%s gets an answer to: %s', async (_file, query) => {
    const body = new URLSearchParams({ q: filledIn(query), db: database });
    const response = await fetch(`${services.influxUrl}/query`, { method: 'POST', body });
    const answer = (await response.json()) as {
      results: { error?: string; series?: { values: unknown[][] }[] }[];
    };
    expect(answer.results[0]?.error).toBeUndefined();
    expect(answer.results[0]?.series?.[0]?.values.length).toBeGreaterThan(0);
  });
});
