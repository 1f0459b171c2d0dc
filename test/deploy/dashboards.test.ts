import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generatedFiles } from '../../grafana/src/files.js';
import { alertLine, modelLines, qualityLine, trainingLine } from '../../src/history/influx-event-lines.js';
import {
  NowcastLines,
  accuracyLine,
  demandLine,
  pathLine,
  pipelineLine,
  weatherLine,
} from '../../src/history/influx-lines.js';
import {
  demandForecastLine,
  operatorErrorLine,
  supplyLines,
} from '../../src/history/influx-operator-lines.js';
import { createMetrics } from '../../src/ops/metrics.js';
import { watchCapacity } from '../../src/ops/watch-metrics.js';
import {
  T0,
  accuracyOf,
  demandForecastOf,
  demandOf,
  nowcastOf,
  supplyOf,
  weatherOf,
} from '../contract/history-contract/samples.js';
import { ALERT, MODEL, OPERATOR_ERROR, QUALITY_EVENT, TRAINING_RUN } from '../history/event-samples.js';
import { queriesOf, readDashboards, type Panel } from './dashboard-queries.js';
import { GrafanaTypes, type NamedType } from './grafana-types.js';

const root = path.resolve(import.meta.dirname, '..', '..');
const all = readDashboards();

/** The tags and fields of each measurement, read off the lines that the service really writes. */
function writtenColumns(): Map<string, Set<string>> {
  const weather = { temperatureC: 1, humidityPct: 1, windMs: 1, cloudPct: 1, shortwaveWm2: 1 };
  const lines = [
    demandLine(demandOf('Z', T0, 1), T0, 1),
    weatherLine(weatherOf('Z', T0, weather), T0, 1),
    accuracyLine(accuracyOf('Z', T0, 5), T0),
    pipelineLine({ timeMs: T0, name: 'events', value: 1 }),
    pathLine(nowcastOf('Z', T0), T0, T0),
    new NowcastLines().lines(nowcastOf('Z', T0), T0),
    modelLines(MODEL),
    qualityLine(QUALITY_EVENT),
    alertLine(ALERT),
    trainingLine(TRAINING_RUN),
    demandForecastLine(demandForecastOf('Z', T0, 1), T0),
    supplyLines(supplyOf('Z', T0, { solar: 1 }), T0, 1),
    operatorErrorLine(OPERATOR_ERROR),
  ].join('');
  const columns = new Map<string, Set<string>>();
  for (const line of lines.trim().split('\n')) {
    const unquoted = line.replace(/"(?:\\.|[^"\\])*"/g, '""');
    const [head = '', fields = ''] = unquoted.split(/(?<!\\) /);
    const [measurement = '', ...tags] = head.split(',');
    const names = [...tags, ...fields.split(',')].map((pair) => pair.split('=')[0] ?? '');
    columns.set(measurement, new Set([...(columns.get(measurement) ?? []), ...names]));
  }
  return columns;
}

const DASHBOARD: NamedType = { module: 'dashboard', name: 'Dashboard' };
const PROM_QUERY: NamedType = { module: 'prometheus', name: 'Dataquery' };
const panelTypes = [...new Set(all.flatMap(({ panels }) => panels.map(({ type }) => type)))];
const types = new GrafanaTypes([
  DASHBOARD,
  PROM_QUERY,
  ...panelTypes.flatMap((module) => [
    { module, name: 'Options' },
    { module, name: 'FieldConfig' },
  ]),
]);

describe('Grafana', () => {
  it('is told where its dashboards and data are', () => {
    const provisioning = (file: string): unknown =>
      parse(readFileSync(path.join(root, 'grafana', 'provisioning', file), 'utf8'));
    const sources = provisioning('datasources/nowcast.yml') as {
      datasources: { uid: string; type: string }[];
    };
    expect(sources.datasources.map(({ uid, type }) => [uid, type])).toEqual([
      ['nowcast-influx', 'influxdb'],
      ['nowcast-prometheus', 'prometheus'],
    ]);
    const providers = provisioning('dashboards/nowcast.yml') as {
      providers: { options: { path: string } }[];
    };
    const compose = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');
    expect(compose).toContain(`./grafana/dashboards:${providers.providers[0]?.options.path ?? 'nowhere'}:ro`);
    expect(compose).toContain('DASHBOARD_PATH: /etc/grafana/dashboards/nowcast.json');
    expect(new Set(all.map(({ uid }) => uid)).size).toBe(all.length);
  });

  it('is given the dashboards that their sources make', () => {
    const made = [...generatedFiles()].filter(([name]) => name.endsWith('.json'));
    expect(made.map(([, text]) => JSON.parse(text) as unknown)).toEqual(
      made.map(([name]) => JSON.parse(readFileSync(path.join(root, name), 'utf8')) as unknown),
    );
    expect(made).toHaveLength(all.length);
  });

  describe.each(all.map((dashboard) => [dashboard.uid, dashboard] as const))('%s', (_uid, dashboard) => {
    const { influx, prometheus } = queriesOf(dashboard);

    it('is a dashboard by the types of Grafana itself', () => {
      expect(types.problems(dashboard, DASHBOARD)).toEqual([]);
      for (const { type, title, options, fieldConfig, targets } of dashboard.panels) {
        expect(types.problems(options, { module: type, name: 'Options' }, true), title).toEqual([]);
        const custom = fieldConfig?.defaults.custom ?? {};
        expect(types.problems(custom, { module: type, name: 'FieldConfig' }, true), title).toEqual([]);
        for (const target of targets.filter(({ expr }) => expr !== undefined))
          expect(types.problems(target, PROM_QUERY), title).toEqual([]);
      }
    });

    it('uses the provisioned data sources, says what each panel shows, and has no panel twice', () => {
      const { panels } = dashboard;
      for (const { datasource, targets, title, description } of panels) {
        for (const { type, uid } of [datasource, ...targets.map((target) => target.datasource)])
          expect(uid, title).toBe(type === 'prometheus' ? 'nowcast-prometheus' : 'nowcast-influx');
        expect(description.length, title).toBeGreaterThan(5);
        expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
      }
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    });

    it('asks InfluxDB for measurements, tags and fields that are written', () => {
      const columns = writtenColumns();
      for (const { text: query } of influx) {
        const measurement = /FROM "(\w+)"/.exec(query)?.[1] ?? '';
        expect(columns.has(measurement), query).toBe(true);
        const asked = query.replace(/FROM "\w+"/, '').replace(/ AS "\w+"/g, '');
        for (const [, name = ''] of asked.matchAll(/"(\w+)"/g)) {
          expect(columns.get(measurement)?.has(name), `${name} in: ${query}`).toBe(true);
        }
      }
    });

    it('reads a value that may be unknown only where it is known', () => {
      const guards = { p10: 'banded', p90: 'banded', coverage80: 'hasCoverage', skill: 'hasSkill' };
      for (const { text } of influx) {
        for (const [field, guard] of Object.entries(guards)) {
          if (new RegExp(`(mean|last)\\("${field}"\\)`).test(text))
            expect(text).toContain(`"${guard}" = true`);
        }
      }
    });

    it('asks Prometheus for metrics that the service has', async () => {
      const { registry } = createMetrics();
      watchCapacity(registry, root);
      const names = (await registry.getMetricsAsJSON()).map(({ name }) => name);
      for (const { text } of prometheus) {
        for (const [name] of text.matchAll(/\b(?:nowcast|process|nodejs)_\w+/g))
          expect(names, text).toContain(name.replace(/_bucket$/, ''));
      }
    });

    it('offers variables for what its queries choose by', () => {
      const offered = (dashboard.templating.list ?? []).map(({ name }) => name);
      const wanted = [...influx, ...prometheus].flatMap(({ text }) =>
        [...text.matchAll(/\$\{?(zone|horizon|window)\b/g)].map(([, name]) => name),
      );
      expect(new Set(wanted)).toEqual(new Set(offered));
    });
  });

  it('would be told from JSON that is no dashboard', () => {
    const [first] = all;
    const panel = first!.panels[0] as Panel;
    const changed = (change: object): string[] => types.problems({ ...first, ...change }, DASHBOARD);
    expect(changed({ graphTooltip: 7 })).toEqual(['Dashboard.graphTooltip: 7 is none of the values']);
    expect(changed({ refreshes: '1m' })).toEqual(['Dashboard.refreshes: there is no such field']);
    expect(changed({ panels: [{ ...panel, type: 1 }] })).not.toEqual([]);
    expect(changed({ schemaVersion: undefined, ...{ title: 3 } })).not.toEqual([]);
    expect(
      types.problems(
        { legend: { displayMode: 'sideways' } },
        { module: 'timeseries', name: 'Options' },
        true,
      ),
    ).not.toEqual([]);
  });
});
