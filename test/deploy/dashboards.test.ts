import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  NowcastLines,
  accuracyLine,
  demandLine,
  pathLine,
  pipelineLine,
  weatherLine,
} from '../../src/history/influx-lines.js';
import { T0, accuracyOf, demandOf, nowcastOf, weatherOf } from '../contract/history-contract/samples.js';
import { queriesOf, type Dashboard } from './dashboard-queries.js';

const root = path.resolve(import.meta.dirname, '..', '..');
const dashboards = path.join(root, 'grafana', 'dashboards');
const files = readdirSync(dashboards).filter((name) => name.endsWith('.json'));
const read = (file: string): Dashboard =>
  JSON.parse(readFileSync(path.join(dashboards, file), 'utf8')) as Dashboard;

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
  ].join('');
  const columns = new Map<string, Set<string>>();
  for (const line of lines.trim().split('\n')) {
    const [head = '', fields = ''] = line.split(' ');
    const [measurement = '', ...tags] = head.split(',');
    const names = [...tags, ...fields.split(',')].map((pair) => pair.split('=')[0] ?? '');
    columns.set(measurement, new Set([...(columns.get(measurement) ?? []), ...names]));
  }
  return columns;
}

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
    expect(files).toContain('nowcast.json');
  });

  describe.each(files)('%s', (file) => {
    const dashboard = read(file);
    const { influx, prometheus } = queriesOf(dashboard);

    it('uses the provisioned data sources and has no panel twice', () => {
      const used = dashboard.panels.flatMap((panel) => [
        panel.datasource,
        ...panel.targets.map((t) => t.datasource),
      ]);
      for (const { type, uid } of used) {
        expect(uid).toBe(type === 'prometheus' ? 'nowcast-prometheus' : 'nowcast-influx');
      }
      expect(new Set(dashboard.panels.map((panel) => panel.id)).size).toBe(dashboard.panels.length);
    });

    it('asks InfluxDB for measurements, tags and fields that are written', () => {
      const columns = writtenColumns();
      expect(influx.length).toBeGreaterThan(5);
      for (const query of influx) {
        const measurement = /FROM "(\w+)"/.exec(query)?.[1] ?? '';
        expect(columns.has(measurement), query).toBe(true);
        const names = [...query.replace(/FROM "\w+"/, '').matchAll(/"(\w+)"/g)].map(([, name]) => name ?? '');
        for (const name of names)
          expect(columns.get(measurement)?.has(name), `${name} in: ${query}`).toBe(true);
      }
    });

    it('reads a value that may be unknown only where it is known', () => {
      const guards: Record<string, string> = {
        p10: 'banded',
        p90: 'banded',
        coverage80: 'hasCoverage',
        skill: 'hasSkill',
      };
      for (const query of influx) {
        const field = /mean\("(\w+)"\)/.exec(query)?.[1] ?? '';
        const guard = guards[field];
        if (guard !== undefined) expect(query).toContain(`"${guard}" = true`);
      }
    });

    it('asks Prometheus for metrics that the service has', () => {
      const metrics = readFileSync(path.join(root, 'src', 'ops', 'metrics.ts'), 'utf8');
      expect(prometheus.length).toBeGreaterThan(0);
      for (const query of prometheus) {
        for (const [name] of query.matchAll(/\bnowcast_\w+/g)) expect(metrics).toContain(`'${name}'`);
      }
    });
  });
});
