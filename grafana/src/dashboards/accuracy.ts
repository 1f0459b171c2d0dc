import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
} from '@grafana/grafana-foundation-sdk/common';
import {
  alertAnnotation,
  dashboard,
  horizonVariable,
  modelAnnotation,
  windowVariable,
  zoneVariable,
} from '../dashboard.js';
import { bars, lines, thresholds } from '../panels.js';
import { HORIZON, INFLUX, influx, ZONE, WINDOW } from '../query.js';

const SCORES = `FROM "accuracy" WHERE ${ZONE} AND ${HORIZON} AND ${WINDOW}`;
const OVER_TIME = 'AND $timeFilter GROUP BY time($__interval), "zone", "horizon" fill(none)';
const NAME = '$tag_zone, $tag_horizon min';

/** How accurate the nowcasts were and whether the bands hold what they promise, by horizon. */
export function accuracyDashboard(): DashboardBuilder {
  return dashboard({
    uid: 'nowcast-accuracy',
    title: 'Accuracy and calibration',
    about:
      'Measured error by horizon, skill against the ramp of the day before, and whether 80 % bands hold 80 %.',
    from: 'now-7d',
    guide: 'accuracy-tracking.md',
  })
    .variables([zoneVariable('one'), horizonVariable('accuracy', ['60', '180', '1440']), windowVariable()])
    .annotations([modelAnnotation(), alertAnnotation()])
    .withPanel(
      byHorizon('MAPE by horizon, $window', 'mape', 'percent', 'Newest mean absolute percentage error.'),
    )
    .withPanel(
      byHorizon(
        'Coverage by horizon, $window',
        'coverage80',
        'percent',
        'Newest share of actuals between P10 and P90; 80 % is meant at every horizon.',
        '"hasCoverage" = true AND ',
      ),
    )
    .withPanel(
      overTime('MAPE, $window', 'mape', 'percent', 'Mean absolute percentage error over the window.'),
    )
    .withPanel(calibration())
    .withPanel(
      overTime(
        'Bias, $window',
        'bias',
        'megwatt',
        'Mean of nowcast minus actual; above zero the nowcasts are too high.',
      ).axisCenteredZero(true),
    )
    .withPanel(
      overTime(
        'Skill against the 24 h ramp, $window',
        'skill',
        'percentunit',
        '1 - MAE / MAE of the day-before ramp: above zero the nowcast is better than the ramp.',
        '"hasSkill" = true AND ',
      ),
    )
    .withPanel(bandWidth())
    .withPanel(overTime('Scored nowcasts, $window', 'n', 'short', 'How many nowcasts each score stands on.'));
}

function byHorizon(title: string, field: string, unit: string, about: string, known = '') {
  return bars(
    {
      title,
      about,
      from: INFLUX,
      unit,
      targets: [
        influx(
          `SELECT last("${field}") AS "${field}" FROM "accuracy" WHERE ${ZONE} AND ${WINDOW} AND ${known}$timeFilter GROUP BY "horizon"`,
          { table: true },
        ),
      ],
    },
    'horizon',
  )
    .withTransformation({
      id: 'convertFieldType',
      options: { conversions: [{ targetField: 'horizon', destinationType: 'number' }] },
    })
    .withTransformation({ id: 'sortBy', options: { sort: [{ field: 'horizon' }] } })
    .withTransformation({
      id: 'convertFieldType',
      options: { conversions: [{ targetField: 'horizon', destinationType: 'string' }] },
    });
}

function overTime(title: string, field: string, unit: string, about: string, known = '') {
  return lines(
    {
      title,
      about,
      from: INFLUX,
      unit,
      targets: [
        influx(`SELECT mean("${field}") ${SCORES} AND ${known}${OVER_TIME.slice(4)}`, { alias: NAME }),
      ],
    },
    'table',
  );
}

const calibration = () =>
  overTime(
    'Coverage of the 80 % band, $window',
    'coverage80',
    'percent',
    'Share of actuals between P10 and P90. Bands that hold less promise too much, bands that hold more are too wide.',
    '"hasCoverage" = true AND ',
  )
    .min(0)
    .max(100)
    .thresholds(
      thresholds([
        { value: null, color: 'orange' },
        { value: 75, color: 'green' },
        { value: 85, color: 'orange' },
      ]),
    )
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line));

const bandWidth = () =>
  lines({
    title: 'Width of the 80 % band',
    about:
      'P90 minus P10 by target time: of two models with the same coverage the one with narrower bands is better.',
    from: INFLUX,
    unit: 'megwatt',
    targets: [
      influx(
        `SELECT mean("p90") - mean("p10") FROM "nowcast" WHERE ${ZONE} AND ${HORIZON} AND "banded" = true ${OVER_TIME}`,
        { alias: NAME },
      ),
    ],
  });
