import type { Dashboard, DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DOCS_URL } from './dashboard.js';
import { grafanaRules, type PanelIds } from './alerts/grafana.js';
import { prometheusRules } from './alerts/prometheus.js';
import { accuracyDashboard } from './dashboards/accuracy.js';
import { capacityDashboard } from './dashboards/capacity.js';
import { modelsDashboard } from './dashboards/models.js';
import { nowcastDashboard } from './dashboards/nowcast.js';
import { pipelineDashboard } from './dashboards/pipeline.js';
import { qualityDashboard } from './dashboards/quality.js';
import { sourcesDashboard } from './dashboards/sources.js';

const DASHBOARDS: readonly (() => DashboardBuilder)[] = [
  nowcastDashboard,
  accuracyDashboard,
  modelsDashboard,
  qualityDashboard,
  pipelineDashboard,
  sourcesDashboard,
  capacityDashboard,
];

/** The schema of the Grafana in docker-compose.yml; a newer one migrates what it reads, an older one does not. */
const SCHEMA_VERSION = 41;

/** All dashboards; their panels are numbered in reading order, as alerts name them by number. */
export function dashboards(): Dashboard[] {
  return DASHBOARDS.map((build) => {
    const { uid = '', panels = [], ...rest } = build().build();
    const numbered = panels.map((panel, i) => ({ id: i + 1, ...panel }));
    return { uid, ...rest, schemaVersion: SCHEMA_VERSION, panels: numbered };
  });
}

/**
 * Every generated file: its path from the root of the repository, and its text before formatting.
 * @param docsUrl where those who follow a link read the guides, without a slash at the end
 */
export function generatedFiles(docsUrl: string = DOCS_URL): Map<string, string> {
  const files = [...filesOf(dashboards())];
  return new Map(files.map(([name, text]) => [name, text.replaceAll(DOCS_URL, docsUrl)]));
}

function filesOf(all: Dashboard[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const one of all) files.set(`grafana/dashboards/${one.uid ?? ''}.json`, JSON.stringify(one));
  files.set('deploy/prometheus/rules/nowcast.yml', prometheusRules());
  files.set('grafana/provisioning/alerting/nowcast.yml', grafanaRules(panelIds(all)));
  return files;
}

function panelIds(all: readonly Dashboard[]): PanelIds {
  return (uid, title) => {
    const panels = all.find((one) => one.uid === uid)?.panels ?? [];
    const id = panels.find((panel) => panel.title === title)?.id;
    if (id === undefined) throw new Error(`dashboard ${uid} has no panel "${title}" for an alert to link to`);
    return id;
  };
}
