interface DataSource {
  type: string;
  uid: string;
}

export interface Dashboard {
  uid: string;
  templating: { list: { type: string; query: string }[] };
  panels: { id: number; title: string; datasource: DataSource; targets: Target[] }[];
}

interface Target {
  datasource: DataSource;
  query?: string;
  expr?: string;
}

/** Every query of a Grafana dashboard, those of its variables included. */
export function queriesOf(dashboard: Dashboard): { influx: string[]; prometheus: string[] } {
  const targets = dashboard.panels.flatMap((panel) => panel.targets);
  const variables = dashboard.templating.list.filter((variable) => variable.type === 'query');
  return {
    influx: [
      ...targets.flatMap((target) => target.query ?? []),
      ...variables.map((variable) => variable.query),
    ],
    prometheus: targets.flatMap((target) => target.expr ?? []),
  };
}
