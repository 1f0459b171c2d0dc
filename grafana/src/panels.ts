import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Threshold,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as BarBuilder } from '@grafana/grafana-foundation-sdk/barchart';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** What every panel says. Grafana's grid is 24 wide. */
export interface PanelOptions {
  readonly title: string;
  /** What it shows and how to read it. */
  readonly about: string;
  readonly from: DataSourceRef;
  readonly targets: readonly Builder<Dataquery>[];
  readonly unit?: string;
  readonly width?: number;
  readonly height?: number;
}

/** Lines over time, with a table of their last values below where there are many. */
export function lines(options: PanelOptions, legend: 'list' | 'table' = 'list'): TimeBuilder {
  const { unit, width = 12, height = 8 } = options;
  const shape = new VizLegendOptionsBuilder()
    .showLegend(true)
    .placement(LegendPlacement.Bottom)
    .displayMode(legend === 'table' ? LegendDisplayMode.Table : LegendDisplayMode.List)
    .calcs(legend === 'table' ? ['lastNotNull', 'mean', 'max'] : []);
  const panel = new TimeBuilder()
    .title(options.title)
    .description(options.about)
    .datasource(options.from)
    .targets([...options.targets])
    .span(width)
    .height(height)
    .lineWidth(1)
    .fillOpacity(0)
    .showPoints(VisibilityMode.Never)
    .legend(shape)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  return unit === undefined ? panel : panel.unit(unit);
}

/** One number a series. @param steps colours from a value on; the first has no value */
export function stat(options: PanelOptions, steps?: readonly Threshold[]): StatBuilder {
  const { unit, width = 6, height = 4 } = options;
  const panel = new StatBuilder()
    .title(options.title)
    .description(options.about)
    .datasource(options.from)
    .targets([...options.targets])
    .span(width)
    .height(height)
    .graphMode(BigValueGraphMode.None)
    .colorMode(steps === undefined ? BigValueColorMode.None : BigValueColorMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''));
  if (steps !== undefined) panel.thresholds(thresholds(steps)).colorScheme(byThreshold());
  return unit === undefined ? panel : panel.unit(unit);
}

/** Bars by a tag, for example the horizon; the query must be a table. */
export function bars(options: PanelOptions, xField: string): BarBuilder {
  const { unit, width = 12, height = 8 } = options;
  const panel = new BarBuilder()
    .title(options.title)
    .description(options.about)
    .datasource(options.from)
    .targets([...options.targets])
    .span(width)
    .height(height)
    .xField(xField)
    .showValue(VisibilityMode.Auto)
    .withTransformation({ id: 'organize', options: { excludeByName: { Time: true } } });
  return unit === undefined ? panel : panel.unit(unit);
}

export function table(options: PanelOptions): TableBuilder {
  const { width = 24, height = 9 } = options;
  return new TableBuilder()
    .title(options.title)
    .description(options.about)
    .datasource(options.from)
    .targets([...options.targets])
    .span(width)
    .height(height)
    .filterable(true);
}

export function thresholds(steps: readonly Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...steps]);
}

/** Green below, then the colour of the highest value reached. */
export function rising(orange: number, red: number): Threshold[] {
  return [
    { value: null, color: 'green' },
    { value: orange, color: 'orange' },
    { value: red, color: 'red' },
  ];
}

function byThreshold(): FieldColorBuilder {
  return new FieldColorBuilder().mode(FieldColorModeId.Thresholds);
}
