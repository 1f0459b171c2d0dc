import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

interface DataSource {
  type: string;
  uid: string;
}

export interface Target {
  refId: string;
  datasource: DataSource;
  /** InfluxQL. */
  query?: string;
  resultFormat?: string;
  /** PromQL. */
  expr?: string;
  instant?: boolean;
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description: string;
  datasource: DataSource;
  targets: Target[];
  options: Record<string, unknown>;
  fieldConfig?: { defaults: { custom?: Record<string, unknown> } };
}

export interface Dashboard {
  uid: string;
  title: string;
  schemaVersion: number;
  templating: { list?: { type: string; name: string; query: string; datasource?: DataSource }[] };
  annotations: { list?: { name: string; datasource: DataSource; target: Target }[] };
  panels: Panel[];
}

const folder = path.resolve(import.meta.dirname, '..', '..', 'grafana', 'dashboards');

/** The committed dashboards. */
export function readDashboards(): Dashboard[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Dashboard);
}

/** One query of a dashboard, with where it stands. */
export interface PlacedQuery {
  /** Title of the panel, or the name of the variable or annotation. */
  readonly place: string;
  readonly kind: 'panel' | 'variable' | 'annotation';
  readonly text: string;
  readonly instant: boolean;
}

/** Every query of a dashboard, those of its variables and annotations included. */
export function queriesOf(dashboard: Dashboard): { influx: PlacedQuery[]; prometheus: PlacedQuery[] } {
  const influx: PlacedQuery[] = [];
  const prometheus: PlacedQuery[] = [];
  for (const { title, targets } of dashboard.panels) {
    for (const { query, expr, instant = false } of targets) {
      const place = { place: title, kind: 'panel', instant } as const;
      if (query !== undefined) influx.push({ ...place, text: query });
      if (expr !== undefined) prometheus.push({ ...place, text: expr });
    }
  }
  for (const { type, name, query } of dashboard.templating.list ?? []) {
    if (type === 'query') influx.push({ place: name, kind: 'variable', text: query, instant: false });
  }
  for (const { name, target } of dashboard.annotations.list ?? []) {
    influx.push({ place: name, kind: 'annotation', text: target.query ?? '', instant: false });
  }
  return { influx, prometheus };
}
