import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  alertAnnotation,
  dashboard,
  horizonVariable,
  modelAnnotation,
  qualityAnnotation,
  windowVariable,
  zoneVariable,
} from '../dashboard.js';
import { lines, rising, stat, table } from '../panels.js';
import { HORIZON, INFLUX, influx, PROMETHEUS, prom, WINDOW, ZONE } from '../query.js';

const PER_STEP = 'GROUP BY time($__interval) fill(none)';
const AT_HORIZON = `FROM "nowcast" WHERE ${ZONE} AND ${HORIZON}`;

/** What most people open: each chosen zone's nowcast with its band against what was measured later. */
export function nowcastDashboard(): DashboardBuilder {
  return dashboard({
    uid: 'nowcast',
    title: 'Nowcast against actual',
    about: 'Nowcasts with their bands, what was measured later, and how accurate they were.',
    to: 'now+6h',
    guide: 'grafana.md',
  })
    .variables([zoneVariable('several'), horizonVariable('nowcast', '60'), windowVariable()])
    .annotations([modelAnnotation(), alertAnnotation(), qualityAnnotation()])
    .withPanel(mape())
    .withPanel(coverage())
    .withPanel(latest())
    .withPanel(inputAge())
    .withPanel(against())
    .withPanel(operatorError())
    .withPanel(operatorTable())
    .withPanel(temperature())
    .withPanel(quality())
    .withPanel(alerts());
}

const against = () =>
  lines({
    title: 'Nowcast and actual demand, $zone, $horizon min ahead',
    about:
      'The nowcast made the chosen time before, with its P10 to P90 band, against what was measured. Points without a band have none that could be given honestly. Beside them what the operator itself forecast, as last revised.',
    from: INFLUX,
    unit: 'megwatt',
    width: 24,
    height: 11,
    targets: [
      influx(`SELECT mean("mw") FROM "demand" WHERE ${ZONE} AND $timeFilter ${PER_STEP}`, {
        alias: 'Actual',
      }),
      influx(`SELECT mean("mw") ${AT_HORIZON} AND $timeFilter ${PER_STEP}`, { alias: 'Nowcast', refId: 'B' }),
      influx(`SELECT mean("p10") ${AT_HORIZON} AND "banded" = true AND $timeFilter ${PER_STEP}`, {
        alias: 'P10',
        refId: 'C',
      }),
      influx(`SELECT mean("p90") ${AT_HORIZON} AND "banded" = true AND $timeFilter ${PER_STEP}`, {
        alias: 'P90',
        refId: 'D',
      }),
      influx(
        `SELECT mean("mw") FROM "demand_forecast" WHERE ${ZONE} AND $timeFilter GROUP BY time($__interval), "product" fill(none)`,
        { alias: 'Operator: $tag_product', refId: 'E' },
      ),
    ],
  })
    .repeat('zone')
    .repeatDirection('v')
    .overrideByName('P10', [
      { id: 'custom.lineWidth', value: 0 },
      { id: 'custom.hideFrom', value: { legend: true, tooltip: false, viz: false } },
      { id: 'color', value: { mode: 'fixed', fixedColor: 'blue' } },
    ])
    .overrideByName('P90', [
      { id: 'custom.lineWidth', value: 0 },
      { id: 'custom.fillBelowTo', value: 'P10' },
      { id: 'custom.fillOpacity', value: 20 },
      { id: 'color', value: { mode: 'fixed', fixedColor: 'blue' } },
    ])
    .overrideByRegexp('/^Operator/', [
      // A value is about the interval that begins at its time.
      { id: 'custom.lineInterpolation', value: 'stepAfter' },
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [6, 4] } },
    ])
    .overrideByName('Nowcast', [{ id: 'color', value: { mode: 'fixed', fixedColor: 'blue' } }])
    .overrideByName('Actual', [
      { id: 'color', value: { mode: 'fixed', fixedColor: 'text' } },
      { id: 'custom.lineWidth', value: 2 },
    ]);

const ERRORS = `FROM "operator_error" WHERE ${ZONE} AND $timeFilter`;
/** Said where the two are compared. */
const SAME_INTERVALS =
  "Both over the same intervals, each the mean of an interval of the operator's. The nowcast is of the shortest horizon that is as long as the operator's value was known before; where that is beyond the longest horizon, the nowcast knew more. The operator's value is its last revision, which may have been made late, even after the interval began.";

const operatorError = () =>
  lines(
    {
      title: 'Error of the operator and of the nowcast beside it',
      about: `Absolute percentage error; the mean in the legend is the MAPE of the time shown. ${SAME_INTERVALS}`,
      from: INFLUX,
      unit: 'percent',
      targets: [
        influx(
          `SELECT mean("operatorApe") ${ERRORS} GROUP BY time($__interval), "zone", "product" fill(none)`,
          { alias: '$tag_zone, operator: $tag_product' },
        ),
        influx(
          `SELECT mean("nowcastApe") ${ERRORS} GROUP BY time($__interval), "zone", "product" fill(none)`,
          { alias: '$tag_zone, nowcast beside $tag_product', refId: 'B' },
        ),
      ],
    },
    'table',
  );

const operatorTable = () =>
  table({
    title: 'Operator and nowcast compared',
    about: `MAPE in percent over the time shown, how long before the interval the operator's value was known on average, the mean horizon of the nowcast, both in minutes, and the number of intervals. ${SAME_INTERVALS}`,
    from: INFLUX,
    width: 12,
    height: 8,
    targets: [
      influx(
        `SELECT mean("operatorApe") AS "operator", mean("nowcastApe") AS "nowcast", mean("leadMinutes") AS "lead", mean("horizonMinutes") AS "horizon", count("operatorApe") AS "intervals" ${ERRORS} GROUP BY "zone", "product"`,
        { table: true },
      ),
    ],
  })
    .withTransformation({ id: 'organize', options: { excludeByName: { Time: true } } })
    .overrideByName('operator', [
      { id: 'unit', value: 'percent' },
      { id: 'decimals', value: 2 },
    ])
    .overrideByName('nowcast', [
      { id: 'unit', value: 'percent' },
      { id: 'decimals', value: 2 },
    ])
    .overrideByName('lead', [{ id: 'unit', value: 'm' }])
    .overrideByName('horizon', [{ id: 'unit', value: 'm' }]);

const mape = () =>
  stat(
    {
      title: 'MAPE, $horizon min ahead, $window',
      about: 'Mean absolute percentage error of the nowcasts made the chosen time ahead, by zone.',
      from: INFLUX,
      unit: 'percent',
      targets: [
        influx(
          `SELECT last("mape") FROM "accuracy" WHERE ${ZONE} AND ${HORIZON} AND ${WINDOW} AND $timeFilter GROUP BY "zone"`,
          { alias: '$tag_zone' },
        ),
      ],
    },
    rising(2, 4),
  );

const coverage = () =>
  stat({
    title: 'Coverage of the 80 % band, $window',
    about: 'Share of actuals between P10 and P90; 80 % is meant.',
    from: INFLUX,
    unit: 'percent',
    targets: [
      influx(
        `SELECT last("coverage80") FROM "accuracy" WHERE ${ZONE} AND ${HORIZON} AND ${WINDOW} AND "hasCoverage" = true AND $timeFilter GROUP BY "zone"`,
        { alias: '$tag_zone' },
      ),
    ],
  });

const latest = () =>
  stat({
    title: 'Latest demand',
    about: 'The newest measured demand of each zone.',
    from: INFLUX,
    unit: 'megwatt',
    targets: [
      influx(`SELECT last("mw") FROM "demand" WHERE ${ZONE} AND $timeFilter GROUP BY "zone"`, {
        alias: '$tag_zone',
      }),
    ],
  });

const inputAge = () =>
  stat(
    {
      title: 'Age of the newest demand',
      about: 'Since the end of the newest interval that the stream has seen.',
      from: PROMETHEUS,
      unit: 's',
      targets: [
        prom('max by (zone) (nowcast_input_age_seconds{zone=~"$zone",input="demand"})', {
          legend: '{{zone}}',
        }),
      ],
    },
    rising(900, 3600),
  );

const temperature = () =>
  lines({
    title: 'Temperature',
    about: 'Observed at the weather points of the zone.',
    from: INFLUX,
    unit: 'celsius',
    targets: [
      influx(
        `SELECT mean("temperatureC") FROM "weather" WHERE ${ZONE} AND $timeFilter GROUP BY time($__interval), "zone" fill(none)`,
        { alias: '$tag_zone' },
      ),
    ],
  });

const quality = () =>
  lines({
    title: 'Quality of the nowcasts',
    about:
      'Nowcasts by quality: ok; degraded, when an input is old or missing; fallback, when the baseline stands in for the model.',
    from: INFLUX,
    targets: (['ok', 'degraded', 'fallback'] as const).map((name, i) =>
      influx(
        `SELECT count("model") FROM "nowcast_path" WHERE ${ZONE} AND "quality" = '${name}' AND $timeFilter GROUP BY time($__interval) fill(none)`,
        { alias: name, refId: 'ABC'.charAt(i) },
      ),
    ),
  });

const alerts = () =>
  table({
    title: 'Alerts raised and resolved',
    about: 'What the service itself found, newest first.',
    from: INFLUX,
    targets: [
      influx(
        `SELECT "state", "severity", "kind", "zone", "message" FROM "alert" WHERE ${ZONE} AND $timeFilter ORDER BY time DESC LIMIT 200`,
        { table: true },
      ),
    ],
  });
