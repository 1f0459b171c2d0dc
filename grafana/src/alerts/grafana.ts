import { QueryBuilder, RuleBuilder, type Rule } from '@grafana/grafana-foundation-sdk/alerting';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { stringify } from 'yaml';
import { PROMETHEUS, prom } from '../query.js';
import { ALERT_GROUPS } from './groups.js';
import { runbookOf } from './prometheus.js';
import type { AlertRule } from './rule.js';

const HEADER = '# Generated from grafana/src/alerts by npm run generate:grafana. Do not edit.\n';
const LOOK_BACK_SECONDS = 600;
const EXPRESSION = { type: '__expr__', uid: '__expr__' };

/** The id of a panel by its dashboard and title. @throws when there is none */
export type PanelIds = (dashboard: string, title: string) => number;

/** The rules as a file of Grafana's alert provisioning, each linked to the panel that shows what it is about. */
export function grafanaRules(panelId: PanelIds): string {
  const groups = ALERT_GROUPS.map(({ name, rules }) => ({
    orgId: 1,
    name,
    folder: 'Nowcast',
    interval: '1m',
    rules: rules.map((rule) => provisioned(rule, build(rule), panelId)),
  }));
  return HEADER + stringify({ apiVersion: 1, groups }, { lineWidth: 0 });
}

/** As the SDK builds it, which is the form of Grafana's API. */
function build(rule: AlertRule): Rule {
  return new RuleBuilder(rule.name)
    .uid(rule.name.replace(/(?!^)([A-Z])/g, '-$1').toLowerCase())
    .condition('C')
    .withQuery(
      new QueryBuilder('A')
        .datasourceUid(PROMETHEUS.uid ?? '')
        .relativeTimeRange({ from: LOOK_BACK_SECONDS, to: 0 })
        .model(prom(rule.expr, { instant: true })),
    )
    .withQuery(
      new QueryBuilder('C')
        .datasourceUid(EXPRESSION.uid)
        .relativeTimeRange({ from: 0, to: 0 })
        .model(threshold(rule)),
    )
    .forDuration(rule.forTime)
    .noDataState('OK')
    .execErrState('Error')
    .labels({ severity: rule.severity, service: 'nowcast' })
    .annotations({
      summary: filled(rule.summary),
      description: filled(rule.description),
      runbook_url: runbookOf(rule),
    })
    .build();
}

function threshold({ is, threshold: limit }: AlertRule): Builder<Dataquery> {
  const evaluator = { type: is === 'above' ? 'gt' : 'lt', params: [limit] };
  const model = {
    refId: 'C',
    type: 'threshold',
    datasource: EXPRESSION,
    expression: 'A',
    conditions: [{ type: 'query', evaluator }],
  };
  return { build: () => model as unknown as Dataquery };
}

/** As files of provisioning spell it. */
function provisioned(rule: AlertRule, built: Rule, panelId: PanelIds): Record<string, unknown> {
  const { uid, title, condition, data, noDataState, execErrState, labels, annotations } = built;
  const [dashboard, panel] = rule.panel;
  return {
    uid,
    title,
    condition,
    // The SDK's queries carry a method, as a mark for the compiler.
    data: JSON.parse(JSON.stringify(data)) as unknown,
    dashboardUid: dashboard,
    panelId: panelId(dashboard, panel),
    for: built.for,
    noDataState,
    execErrState,
    labels,
    annotations,
  };
}

function filled(text: string): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'value' ? '{{ printf "%.2f" $values.A.Value }}' : `{{ $labels.${name} }}`,
  );
}
