import {
  AnnotationQueryBuilder,
  CustomVariableBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { INFLUX, influxAnnotation, ZONE } from './query.js';

/**
 * Where the guides are read; alerts and dashboards link to them. Each gateway serves them; this one is that of the compose
 * file, seen from its own machine. `npm run generate:grafana -- --docs-url URL` puts another in its place.
 */
export const DOCS_URL = 'http://localhost:8080/docs/guide';

export interface DashboardOptions {
  readonly uid: string;
  readonly title: string;
  readonly about: string;
  readonly from?: string;
  readonly to?: string;
  /** Guide to what is shown, a file of docs/. */
  readonly guide: string;
}

/** A dashboard with what all of ours share: links to the others and to its guide, one cursor, no editing in place. */
export function dashboard({
  uid,
  title,
  about,
  from = 'now-24h',
  to = 'now',
  guide,
}: DashboardOptions): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .description(about)
    .tags(['nowcast'])
    .version(1)
    .readonly()
    .timezone('browser')
    .refresh('1m')
    .time({ from, to })
    .tooltip(DashboardCursorSync.Crosshair)
    .links([
      new DashboardLinkBuilder('Dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags(['nowcast'])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
      new DashboardLinkBuilder('Alerts')
        .type(DashboardLinkType.Link)
        .icon('bell')
        .url('/alerting/list?search=nowcast')
        .tooltip('Alerting rules of the nowcast'),
      new DashboardLinkBuilder('Guide')
        .type(DashboardLinkType.Link)
        .icon('doc')
        .url(`${DOCS_URL}/${guide}`)
        .targetBlank(true)
        .tooltip('How to read this'),
    ]);
}

/** Zones that have demand. */
export function zoneVariable(choice: 'one' | 'several'): QueryVariableBuilder {
  const variable = new QueryVariableBuilder('zone')
    .label('Zone')
    .datasource(INFLUX)
    .query('SHOW TAG VALUES FROM "demand" WITH KEY = "zone"')
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
  return choice === 'one'
    ? variable.multi(false).includeAll(false)
    : variable.multi(true).includeAll(true).current({ text: 'All', value: '$__all', selected: true });
}

/** Horizons of a measurement, in minutes. @param chosen shown at first */
export function horizonVariable(
  measurement: 'nowcast' | 'accuracy',
  chosen: string | readonly string[],
): QueryVariableBuilder {
  const several = typeof chosen !== 'string';
  const values = several ? [...chosen] : chosen;
  return new QueryVariableBuilder('horizon')
    .label('Minutes ahead')
    .datasource(INFLUX)
    .query(`SHOW TAG VALUES FROM "${measurement}" WITH KEY = "horizon" WHERE ${ZONE}`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NumericalAsc)
    .multi(several)
    .includeAll(several)
    .current({ text: values, value: values, selected: true });
}

/** The rolling window over which accuracy is measured. */
export function windowVariable(): CustomVariableBuilder {
  return new CustomVariableBuilder('window')
    .label('Window')
    .values('1h,24h,7d')
    .current({ text: '24h', value: '24h', selected: true })
    .options(['1h', '24h', '7d'].map((value) => ({ text: value, value, selected: value === '24h' })))
    .multi(false)
    .includeAll(false);
}

/** Marks where a model version came into service, was rejected or was withdrawn. */
export function modelAnnotation(): AnnotationQueryBuilder {
  return annotation(
    'Model versions',
    'purple',
    `SELECT "version" AS "text", "zone", "status" FROM "model_event" WHERE ${ZONE} AND $timeFilter`,
    'zone,status',
  );
}

export function alertAnnotation(): AnnotationQueryBuilder {
  return annotation(
    'Alerts',
    'red',
    `SELECT "message" AS "text", "kind", "state" FROM "alert" WHERE ${ZONE} AND $timeFilter`,
    'kind,state',
  );
}

/** Values that were kept out of the nowcasts. */
export function qualityAnnotation(): AnnotationQueryBuilder {
  return annotation(
    'Quarantined values',
    'orange',
    `SELECT "message" AS "text", "rule" FROM "quality_event" WHERE ${ZONE} AND "action" = 'quarantined' AND $timeFilter`,
    'rule',
  ).enable(false);
}

function annotation(name: string, colour: string, query: string, tags: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(INFLUX)
    .enable(true)
    .iconColor(colour)
    .target(influxAnnotation(query, tags));
}
