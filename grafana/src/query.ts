import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import { DataqueryBuilder as PromBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';

/** The data sources of provisioning/datasources/nowcast.yml. */
export const INFLUX: DataSourceRef = { type: 'influxdb', uid: 'nowcast-influx' };
export const PROMETHEUS: DataSourceRef = { type: 'prometheus', uid: 'nowcast-prometheus' };

/** Where-clauses of the dashboards' variables; several chosen values become a group of the pattern. */
export const ZONE = `"zone" =~ /^\${zone:regex}$/`;
export const HORIZON = `"horizon" =~ /^\${horizon:regex}$/`;
export const WINDOW = `"window" =~ /^\${window:regex}$/`;

/** A raw InfluxQL query; the SDK has no builder for InfluxDB. */
export interface InfluxQuery extends Dataquery {
  refId: string;
  datasource: DataSourceRef;
  rawQuery: true;
  resultFormat: 'time_series' | 'table';
  query: string;
  alias?: string;
}

/** An annotation's query: which columns hold its words and its tags. */
export interface InfluxAnnotation extends InfluxQuery {
  fromAnnotations: true;
  textEditor: true;
  textColumn: string;
  tagsColumn: string;
}

export interface InfluxOptions {
  /** Name of the series; `$tag_x` stands for the value of tag x. */
  readonly alias?: string;
  readonly table?: true;
  readonly refId?: string;
}

/** @param query with `$timeFilter`, and `$__interval` where it groups by time */
export function influx(query: string, { alias, table, refId = 'A' }: InfluxOptions = {}): Builder<Dataquery> {
  const built: InfluxQuery = {
    refId,
    datasource: INFLUX,
    rawQuery: true,
    resultFormat: table ? 'table' : 'time_series',
    query,
    ...(alias === undefined ? {} : { alias }),
  } as InfluxQuery;
  return { build: () => built };
}

/** @param query selects the column `text` and the columns of the tags */
export function influxAnnotation(query: string, tagsColumn: string): Builder<Dataquery> {
  const built = {
    refId: 'Anno',
    datasource: INFLUX,
    rawQuery: true,
    resultFormat: 'table',
    query,
    fromAnnotations: true,
    textEditor: true,
    textColumn: 'text',
    tagsColumn,
  } as unknown as InfluxAnnotation;
  return { build: () => built };
}

export interface PromOptions {
  readonly legend?: string;
  /** One value now, not a series. */
  readonly instant?: true;
  readonly table?: true;
  readonly refId?: string;
}

export function prom(expr: string, { legend, instant, table, refId = 'A' }: PromOptions = {}): PromBuilder {
  const query = new PromBuilder().expr(expr).refId(refId).datasource(PROMETHEUS);
  if (legend !== undefined) query.legendFormat(legend);
  if (instant) query.instant();
  else query.range();
  return table ? query.format(PromQueryFormat.Table) : query;
}
