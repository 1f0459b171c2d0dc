import type { Accuracy, Nowcast, NowcastStep } from '../contracts/records.js';
import { MINUTE_MS, toIso } from '../contracts/time.js';
import type { DemandPoint, NowcastPoint, TimeRange, WeatherPoint } from './history-store.js';
import { nameOfTag, tagValue } from './influx-lines.js';
import { QUANTILE_FIELDS, quantilesOf } from './influx-quantiles.js';
import { isEmpty, limitOf, newest, number, rowsOf, string, type Row } from './influx-rows.js';
import type { InfluxServer } from './influx-server.js';
import { WEATHER_VARIABLES } from './point-codec.js';

/** The history's questions in InfluxQL. Newest first with a limit, then turned round. */
export class InfluxReader {
  constructor(private readonly server: InfluxServer) {}

  async demand(zone: string, range: TimeRange): Promise<DemandPoint[]> {
    const rows = await this.lastWrittenRows(`SELECT mw, written FROM demand`, zone, range);
    return rows.map(({ row, source }) => ({
      timeMs: number(row, 'time'),
      demandMw: number(row, 'mw'),
      source,
    }));
  }

  async weather(zone: string, range: TimeRange): Promise<WeatherPoint[]> {
    const fields = `${WEATHER_VARIABLES.join(', ')}, known, written`;
    const rows = await this.lastWrittenRows(`SELECT ${fields} FROM weather`, zone, range);
    return rows.map(({ row, source }) => {
      const point: { -readonly [K in keyof WeatherPoint]: WeatherPoint[K] } = {
        timeMs: number(row, 'time'),
        source,
      };
      for (const [bit, variable] of WEATHER_VARIABLES.entries()) {
        if ((number(row, 'known') & (1 << bit)) !== 0) point[variable] = number(row, variable);
      }
      return point;
    });
  }

  async nowcasts(zone: string, horizonMinutes: number, range: TimeRange): Promise<NowcastPoint[]> {
    if (isEmpty(range)) return [];
    const query = `SELECT mw, ${QUANTILE_FIELDS}, banded, model FROM nowcast WHERE zone = $zone AND horizon = $horizon ${newest(range)}`;
    const [series] = await this.server.query(query, {
      zone: tagValue(zone),
      horizon: String(horizonMinutes),
    });
    const rows = (series ?? []).flatMap(rowsOf).reverse();
    return rows.map((row) => ({
      timeMs: number(row, 'time'),
      horizonMinutes,
      ...valuesOf(row),
      modelVersion: string(row, 'model'),
    }));
  }

  async nowcastAt(zone: string, originAtOrBeforeMs: number): Promise<Nowcast | null> {
    const range = { fromMs: -Infinity, toMs: Math.floor(originAtOrBeforeMs) + 1, limit: 1 };
    const query = `SELECT * FROM nowcast_path WHERE zone = $zone ${newest(range)}`;
    const [series] = await this.server.query(query, { zone: tagValue(zone) });
    const [path] = (series ?? []).flatMap(rowsOf);
    if (path === undefined) return null;
    const originMs = number(path, 'time');
    const horizons = string(path, 'horizons').split(',').map(Number);
    const steps = await this.steps(zone, originMs, horizons);
    return steps.length === 0 ? null : nowcastOf(zone, originMs, path, steps);
  }

  async accuracy(zone: string, window: Accuracy['window'], range: TimeRange): Promise<Accuracy[]> {
    if (isEmpty(range)) return [];
    const query = `SELECT * FROM accuracy WHERE zone = $zone AND "window" = $window ${newest(range)}`;
    const [series] = await this.server.query(query, { zone: tagValue(zone), window });
    const rows = (series ?? []).flatMap(rowsOf).map((row) => ({
      zone,
      horizonMinutes: Number(string(row, 'horizon')),
      window,
      at: toIso(number(row, 'time')),
      n: number(row, 'n'),
      mape: number(row, 'mape'),
      bias: number(row, 'bias'),
      coverage80: row['hasCoverage'] === true ? number(row, 'coverage80') : null,
      skill: row['hasSkill'] === true ? number(row, 'skill') : null,
    }));
    return rows.sort((a, b) => (a.at === b.at ? a.horizonMinutes - b.horizonMinutes : a.at < b.at ? -1 : 1));
  }

  /** One statement a horizon, as each stands at a time of its own; one request for all of them. */
  private async steps(zone: string, originMs: number, horizons: readonly number[]): Promise<NowcastStep[]> {
    const statements = horizons.map((horizonMinutes) => {
      const at = `time = ${originMs + horizonMinutes * MINUTE_MS}ms`;
      return `SELECT mw, ${QUANTILE_FIELDS}, banded FROM nowcast WHERE zone = $zone AND horizon = '${horizonMinutes}' AND ${at}`;
    });
    const results = await this.server.query(statements.join(';'), { zone: tagValue(zone) });
    return results.flatMap((series, i) =>
      series.flatMap(rowsOf).map((row) => ({
        target: toIso(number(row, 'time')),
        horizonMinutes: horizons[i] ?? 0,
        ...valuesOf(row),
      })),
    );
  }

  /** One row a time, of the source written last. The limit holds for each source, so no source hides another's row. */
  private async lastWrittenRows(
    select: string,
    zone: string,
    range: TimeRange,
  ): Promise<{ row: Row; source: string }[]> {
    if (isEmpty(range)) return [];
    const query = `${select} WHERE zone = $zone ${newest(range, 'GROUP BY source')}`;
    const [series] = await this.server.query(query, { zone: tagValue(zone) });
    const latest = new Map<number, { row: Row; source: string }>();
    for (const one of series ?? []) {
      const source = nameOfTag(one.tags?.['source'] ?? '');
      for (const row of rowsOf(one)) {
        const timeMs = number(row, 'time');
        const known = latest.get(timeMs);
        if (known === undefined || number(known.row, 'written') < number(row, 'written'))
          latest.set(timeMs, { row, source });
      }
    }
    const rows = [...latest.values()].sort((a, b) => number(a.row, 'time') - number(b.row, 'time'));
    return rows.slice(-limitOf(range));
  }
}

function nowcastOf(zone: string, originMs: number, path: Row, steps: NowcastStep[]): Nowcast {
  return {
    zone,
    origin: toIso(originMs),
    issuedAt: toIso(number(path, 'issuedAt')),
    modelVersion: string(path, 'model'),
    revision: number(path, 'revision'),
    quality: string(path, 'quality') as Nowcast['quality'],
    reasons: JSON.parse(string(path, 'reasons')) as string[],
    latestDemandMw: number(path, 'latestDemandMw'),
    inputs: {
      demandAgeMs: number(path, 'demandAgeMs'),
      weatherAgeMs: path['hasWeather'] === true ? number(path, 'weatherAgeMs') : null,
    },
    steps: steps as Nowcast['steps'],
  };
}

function valuesOf(row: Row): Pick<NowcastPoint, 'mw' | 'p10' | 'p90' | 'quantiles'> {
  const banded = row['banded'] === true;
  return {
    mw: number(row, 'mw'),
    p10: banded ? number(row, 'p10') : null,
    p90: banded ? number(row, 'p90') : null,
    ...(banded ? quantilesOf(row) : {}),
  };
}
