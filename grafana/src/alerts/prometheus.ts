import { stringify } from 'yaml';
import { DOCS_URL } from '../dashboard.js';
import { ALERT_GROUPS } from './groups.js';
import type { AlertRule } from './rule.js';

const HEADER = '# Generated from grafana/src/alerts by npm run generate:grafana. Do not edit.\n';

/** The rules as a rule file of Prometheus. */
export function prometheusRules(): string {
  const groups = ALERT_GROUPS.map(({ name, rules }) => ({ name, rules: rules.map(ruleOf) }));
  return HEADER + stringify({ groups }, { lineWidth: 0 });
}

/** Where the guide says what to do. */
export function runbookOf({ name }: AlertRule): string {
  return `${DOCS_URL}/alerts.md#${name.toLowerCase()}`;
}

function ruleOf(rule: AlertRule): Record<string, unknown> {
  const comparison = rule.is === 'above' ? '>' : '<';
  const isPlain = /^[\w:]+(\{[^}]*\})?$|^\w+( by \([^)]*\))? ?\([^()]*\)$/.test(rule.expr);
  return {
    alert: rule.name,
    expr: `${isPlain ? rule.expr : `(${rule.expr})`} ${comparison} ${rule.threshold}`,
    for: rule.forTime,
    labels: { severity: rule.severity, service: 'nowcast' },
    annotations: {
      summary: filled(rule.summary),
      description: filled(rule.description),
      runbook_url: runbookOf(rule),
      dashboard: `/d/${rule.panel[0]}${rule.expr.includes('zone') ? '?var-zone={{ $labels.zone }}' : ''}`,
    },
  };
}

function filled(text: string): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'value' ? '{{ $value | printf "%.2f" }}' : `{{ $labels.${name} }}`,
  );
}
