import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseOutlook, type OutlookRow } from '../../../src/sources/caiso-outlook/parse-outlook.js';
import { WallClock } from '../../../src/sources/wall-clock.js';
import { sharedData } from '../../shared-data.js';

const folder = sharedData('outlook_fixtures');
const clock = new WallClock('America/Los_Angeles');
const asOfMs = Date.parse('2026-11-01T00:00:00Z');
const read = (path: string): string => readFileSync(sharedData(path)!, 'utf8');

function parse(text: string, date: string) {
  return parseOutlook(text, { date, clock, asOfMs, report: 'demand', what: date });
}

function valueAt(rows: readonly OutlookRow[], series: string, time: string): number | undefined {
  const found = rows.filter((row) => row.series === series && row.startMs === Date.parse(time));
  expect(found.length).toBeLessThanOrEqual(1);
  return found[0]?.mw;
}

describe.skipIf(folder === null)("recorded files of Today's Outlook", () => {
  it('reads the old wide layout: labels are interval ends, the blank last midnight is left out', () => {
    const { rows, problems } = parse(read('outlook_fixtures/CAISO-netdemand-20190515.csv'), '2019-05-15');
    expect(problems).toEqual([]);
    expect(rows.filter(({ series }) => series === 'demand')).toHaveLength(288);
    // By eye: column 00:00 says 22544, 00:05 says 22382; midnight in Los Angeles is 07:00 UTC.
    expect(valueAt(rows, 'demand', '2019-05-15T06:55:00Z')).toBe(22544);
    expect(valueAt(rows, 'demand', '2019-05-15T07:00:00Z')).toBe(22382);
    expect(valueAt(rows, 'outlook-hour-ahead', '2019-05-15T07:00:00Z')).toBe(22444);
    expect(rows.every(({ series, kind }) => (kind === 'forecast') === series.startsWith('outlook-'))).toBe(
      true,
    );
  });

  it('reads the day on which spring skips an hour', () => {
    const { rows, problems } = parse(read('outlook_fixtures/CAISO-netdemand-20190310.csv'), '2019-03-10');
    expect(problems).toEqual([]);
    const demand = rows.filter(({ series }) => series === 'demand');
    expect(demand).toHaveLength(276);
    expect(valueAt(rows, 'demand', '2019-03-10T09:50:00Z')).toBe(20051);
    expect(valueAt(rows, 'demand', '2019-03-10T09:55:00Z')).toBe(20035);
    const times = demand.map(({ startMs }) => startMs).sort((a, b) => a - b);
    expect(times.every((time, i) => i === 0 || time - times[i - 1]! === 300_000)).toBe(true);
  });

  it('reads a day without a forecast and a half-empty day', () => {
    const withoutForecast = parse(read('outlook_fixtures/CAISO-netdemand-20190416.csv'), '2019-04-16');
    expect(withoutForecast.rows.filter(({ kind }) => kind === 'forecast')).toEqual([]);
    expect(withoutForecast.rows.filter(({ series }) => series === 'demand')).toHaveLength(288);
    const half = parse(read('outlook_fixtures/CAISO-netdemand-20180411.csv'), '2018-04-11');
    expect(valueAt(half.rows, 'demand', '2018-04-11T06:55:00Z')).toBe(21825);
    expect(half.rows.filter(({ series }) => series === 'demand').length).toBeLessThan(288);
  });

  it('refuses the file of another day', () => {
    const text = read('outlook_fixtures/CAISO-netdemand-20190515.csv');
    expect(() => parse(text, '2019-05-16')).toThrow(/the file of 2019-05-15, not of 2019-05-16/);
  });

  it('reads the fuel mix of the old layout', () => {
    const text = read('outlook_fixtures/CAISO-supply-20180410.csv');
    const { rows } = parseOutlook(text, {
      date: '2018-04-10',
      clock,
      asOfMs,
      report: 'fuelsource',
      what: 'supply',
    });
    expect(valueAt(rows, 'natural-gas', '2018-04-10T06:55:00Z')).toBe(8736);
    expect(valueAt(rows, 'renewables', '2018-04-10T07:00:00Z')).toBe(2005);
  });

  it('reads the seven days of the real-time forecast file', () => {
    const { rows, problems } = parse(read('gridstatus/rtm_forecast_7day_20260311.csv'), '2026-03-11');
    expect(problems).toEqual([]);
    expect(rows.filter(({ series }) => series === 'demand')).toHaveLength(289);
    expect(valueAt(rows, 'demand', '2026-03-11T06:55:00Z')).toBe(21481);
    expect(valueAt(rows, 'outlook-day-ahead', '2026-03-11T07:00:00Z')).toBe(21677);
    expect(valueAt(rows, 'demand', '2026-03-12T06:55:00Z')).toBe(21950);
    expect(valueAt(rows, 'outlook-day-ahead', '2026-03-19T06:55:00Z')).toBe(25156);
  });

  it('reads 283 raw days into exactly the canonical series', () => {
    const archive = sharedData('outlook_fixtures/dev_raw_2018_2019.tar.gz')!;
    const canonical = gunzipSync(
      readFileSync(sharedData('canonical/caiso-5min-2018-2019.demand.csv.gz')!),
    ).toString();
    const expected = new Map<number, number>();
    for (const line of canonical.trim().split('\n').slice(1)) {
      const [, time, mw] = line.split(',');
      expected.set(Date.parse(time!), Number(mw));
    }
    const found = new Map<number, number>();
    for (const [date, text] of dayFiles(archive)) {
      const { rows } = parse(text, date);
      for (const { series, startMs, mw } of rows) if (series === 'demand') found.set(startMs, mw);
    }
    expect(found.size).toBe(81_290);
    expect([...found].filter(([time, mw]) => expected.get(time) !== mw)).toEqual([]);
    expect(expected.size).toBe(found.size);
  });
});

function dayFiles(archive: string): [string, string][] {
  const names = execFileSync('tar', ['tzf', archive], { encoding: 'utf8' }).trim().split('\n');
  const days = names.filter((name) => name.includes('netdemand'));
  const all = execFileSync('tar', ['xzOf', archive, ...days], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const files = all.split(/(?=Net Demand \d\d\/\d\d\/\d{4},)/);
  expect(files).toHaveLength(days.length);
  return files.map((text) => {
    const [, month, day, year] = /^Net Demand (\d\d)\/(\d\d)\/(\d{4})/.exec(text)!;
    return [`${year}-${month}-${day}`, text];
  });
}
