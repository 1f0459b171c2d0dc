import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { DOCS_URL } from '../../grafana/src/dashboard.js';
import { ALERT_GROUPS } from '../../grafana/src/alerts/groups.js';
import { dashboards, generatedFiles } from '../../grafana/src/files.js';
import type { AlertCase } from './alert-case.js';
import { ALERT_CASES } from './alert-cases.js';

const root = path.resolve(import.meta.dirname, '..', '..');
const rulesFile = path.join(root, 'deploy', 'prometheus', 'rules', 'nowcast.yml');
const rules = ALERT_GROUPS.flatMap((group) => group.rules);
const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;
if (!hasPromtool) console.warn('skipped: promtool is not on the PATH; on Debian: apt-get install prometheus');
const mustRun = process.env['NOWCAST_REQUIRE_SUITES'] === '1';

interface GrafanaRule {
  uid: string;
  title: string;
  condition: string;
  dashboardUid: string;
  panelId: number;
  for: string;
  annotations: Record<string, string>;
  data: { refId: string; datasourceUid: string; model: Record<string, unknown> }[];
}

describe('alerting rules', () => {
  it('report every kind of alert that the service has', () => {
    const { properties } = JSON.parse(readFileSync(path.join(root, 'schemas', 'alert.json'), 'utf8')) as {
      properties: { kind: { enum: string[] } };
    };
    expect(new Set(rules.flatMap((rule) => rule.kinds))).toEqual(new Set(properties.kind.enum));
  });

  it('have a name of their own, and a chapter of the runbook that says what to do', () => {
    const names = rules.map((rule) => rule.name);
    expect(new Set(names).size).toBe(names.length);
    const chapters = readFileSync(path.join(root, 'docs', 'alerts.md'), 'utf8').matchAll(/^### (\w+)$/gm);
    expect([...chapters].map(([, name]) => name).sort()).toEqual([...names].sort());
  });

  it('each fire in one case at least and keep quiet in another', () => {
    const ofRule = (name: string): AlertCase[] => ALERT_CASES.filter((one) => one.rule === name);
    for (const { name } of rules) {
      expect(
        ofRule(name).some((one) => one.fires > 0),
        name,
      ).toBe(true);
      expect(
        ofRule(name).some((one) => one.fires === 0),
        name,
      ).toBe(true);
    }
    expect(ALERT_CASES.filter(({ rule }) => !rules.some(({ name }) => name === rule))).toEqual([]);
  });

  it('are the same in Grafana, each linked to a panel that shows it', () => {
    const file = path.join(root, 'grafana', 'provisioning', 'alerting', 'nowcast.yml');
    const { groups } = parse(readFileSync(file, 'utf8')) as { groups: { rules: GrafanaRule[] }[] };
    const provisioned = groups.flatMap((group) => group.rules);
    expect(provisioned.map(({ title }) => title)).toEqual(rules.map(({ name }) => name));
    for (const [i, rule] of rules.entries()) {
      const one = provisioned[i]!;
      expect(one.uid).toMatch(/^[a-z-]{1,40}$/);
      const [query, condition] = one.data;
      expect(query).toMatchObject({
        refId: 'A',
        datasourceUid: 'nowcast-prometheus',
        model: { expr: rule.expr },
      });
      expect(condition).toMatchObject({
        refId: one.condition,
        datasourceUid: '__expr__',
        model: { expression: 'A' },
      });
      const evaluator = { type: rule.is === 'above' ? 'gt' : 'lt', params: [rule.threshold] };
      expect(condition?.model['conditions']).toMatchObject([{ evaluator }]);
      const dashboard = dashboards().find(({ uid }) => uid === one.dashboardUid);
      expect(dashboard?.panels?.find(({ id }) => id === one.panelId)?.title).toBe(rule.panel[1]);
      expect(one.annotations['runbook_url']).toMatch(new RegExp(`alerts\\.md#${rule.name.toLowerCase()}$`));
    }
  });

  it('lead to the guides that are served where one says', () => {
    const files = [...generatedFiles('https://nowcast.example.org/docs/guide')];
    for (const [name, made] of files) {
      expect(made, name).toContain('https://nowcast.example.org/docs/guide/');
      expect(made, name).not.toContain(DOCS_URL);
    }
  });

  it('are loaded by the Prometheus of the compose file', () => {
    const config = parse(readFileSync(path.join(root, 'deploy', 'prometheus', 'prometheus.yml'), 'utf8')) as {
      rule_files: string[];
    };
    expect(config.rule_files).toEqual(['/etc/prometheus/rules/*.yml']);
    expect(existsSync(rulesFile)).toBe(true);
    expect(readFileSync(path.join(root, 'docker-compose.yml'), 'utf8')).toContain(
      './deploy/prometheus:/etc/prometheus:ro',
    );
  });
});

describe.skipIf(!hasPromtool && !mustRun)('alerting rules, by promtool', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'nowcast-rules-'));
  });
  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  /** @returns what promtool says, empty when all is as expected */
  function failuresOf(cases: readonly AlertCase[]): string {
    const file = path.join(dir, 'cases.yml');
    writeFileSync(
      file,
      stringify({ rule_files: [rulesFile], evaluation_interval: '1m', tests: unrelated(cases).map(testOf) }),
    );
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
    return status === 0 ? '' : `${stdout}${stderr}`;
  }

  it('are valid', () => {
    const said = execFileSync('promtool', ['check', 'rules', rulesFile], { encoding: 'utf8' });
    expect(said).toContain(`SUCCESS: ${rules.length} rules found`);
  });

  it(`fire when they must and only then, in ${ALERT_CASES.length} cases`, () => {
    expect(failuresOf(ALERT_CASES)).toBe('');
  });

  it('would be told from rules that fire at another time', () => {
    const [first] = ALERT_CASES;
    expect(failuresOf([{ ...first!, fires: first!.fires + 1 }])).toContain('FAILED');
  });

  it('say what is wrong, where, and where to read on', () => {
    const series = {
      input_series: [
        { series: 'nowcast_mape_percent{zone="CA ISO-TAC",horizon="60",window="24h"}', values: '2.5x60' },
      ],
    };
    const expected = {
      exp_labels: { zone: 'CA ISO-TAC', horizon: '60', severity: 'warning', service: 'nowcast' },
      exp_annotations: {
        summary: 'MAPE of CA ISO-TAC at 60 min is 2.50 % over 24 h',
        description: 'Nowcasts up to an hour ahead are meant to stay within 2 %.',
        runbook_url: `${DOCS_URL}/alerts.md#nowcastmapehigh`,
        dashboard: '/d/nowcast-accuracy?var-zone=CA ISO-TAC',
      },
    };
    const test = {
      interval: '1m',
      ...series,
      alert_rule_test: [{ eval_time: '40m', alertname: 'NowcastMapeHigh', exp_alerts: [expected] }],
    };
    const file = path.join(dir, 'words.yml');
    writeFileSync(file, stringify({ rule_files: [rulesFile], evaluation_interval: '1m', tests: [test] }));
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
    expect(status, `${stdout}${stderr}`).toBe(0);
  });
});

/** Metrics that a case sets, and those that its rule asks for. */
function metricsOf({ rule, series }: AlertCase): { set: string[]; asked: string[] } {
  const expr = rules.find(({ name }) => name === rule)?.expr ?? '';
  return {
    set: Object.keys(series).map((name) => name.split('{')[0] ?? ''),
    asked: expr.match(/\b(?:nowcast|process|up)\w*/g) ?? [],
  };
}

/** Puts cases together of which none sets what another's rule asks for: promtool takes long to begin with each test. */
function unrelated(cases: readonly AlertCase[]): AlertCase[][] {
  const groups: AlertCase[][] = [];
  const meets = (one: AlertCase, other: AlertCase): boolean => {
    const [a, b] = [metricsOf(one), metricsOf(other)];
    return (
      a.set.some((name) => b.set.includes(name) || b.asked.includes(name)) ||
      b.set.some((name) => a.asked.includes(name))
    );
  };
  for (const one of cases) {
    const group = groups.find((each) => !each.some((other) => meets(one, other)));
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups;
}

/** Counts the alerts of each case's rule that fire. */
function testOf(cases: readonly AlertCase[]): Record<string, unknown> {
  return {
    name: cases.map(({ rule, what }) => `${rule}: ${what}`).join(' | '),
    interval: '1m',
    input_series: cases.flatMap(({ series }) =>
      Object.entries(series).map(([name, values]) => ({ series: name, values })),
    ),
    promql_expr_test: cases.map(({ rule, at, fires }) => ({
      expr: `count(ALERTS{alertname="${rule}",alertstate="firing"}) or vector(0)`,
      eval_time: `${at}m`,
      exp_samples: [{ labels: '{}', value: fires }],
    })),
  };
}
