import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type OpenMeteoBlock, parseOpenMeteo } from '../../../src/sources/open-meteo/parse-open-meteo.js';
import { SourceError } from '../../../src/sources/source-error.js';
import { sharedData } from '../../shared-data.js';
import { mutateText, randomOf } from '../mutate.js';

const folder = sharedData('weather/open_meteo');
const read = (name: string): string => readFileSync(`${folder!}/${name}`, 'utf8');

describe.skipIf(folder === null)('recorded answers of Open-Meteo', () => {
  it('reads an archive in local time as instants', () => {
    const { rows, problems } = parseOpenMeteo(read('archive-f5378f.json'), 'hourly', 'archive');
    expect(problems).toEqual([]);
    expect(rows).toHaveLength(24);
    // 2022-12-29T00:00 at UTC-3.
    expect(rows[0]?.timeMs).toBe(Date.parse('2022-12-29T03:00:00Z'));
    expect(rows.slice(0, 8).map(({ values }) => values.temperatureC)).toEqual([
      18.7, 18.7, 18.6, 18.3, 17.8, 17.8, 17.7, 19.1,
    ]);
    expect(rows[0]?.values.cloudPct).toBeNaN();
  });

  it('converts by the unit that the answer states', () => {
    const celsius = parseOpenMeteo(read('forecast-d1305e.json'), 'current', 'forecast').rows[0];
    expect(celsius?.timeMs).toBe(Date.parse('2023-10-25T11:15:00Z'));
    expect(celsius?.values).toMatchObject({ temperatureC: 29, windMs: 3.389 });
    const fahrenheit = parseOpenMeteo(read('forecast-b38ace.json'), 'current', 'forecast').rows[0];
    // 84.1 F and 7.6 mph.
    expect(fahrenheit?.values).toMatchObject({ temperatureC: 28.944, windMs: 3.398 });
  });

  it('says what is missing, and what the service says is wrong', () => {
    expect(() => parseOpenMeteo(read('archive-466132.json'), 'hourly', 'archive')).toThrow(
      /no hourly values/,
    );
    const [, reason] = /charToRaw\("(.*)"\), *$/m.exec(read('forecast-7d2d21.R'))!;
    const body = reason!.replaceAll('\\"', '"');
    expect(() => parseOpenMeteo(body, 'hourly', 'forecast')).toThrow(/from invalid String value lksdfj/);
  });

  it('reads several days', () => {
    const { rows } = parseOpenMeteo(read('forecast-4418bd.json'), 'hourly', 'forecast');
    expect(rows).toHaveLength(168);
    expect(rows.every((row, i) => i === 0 || row.timeMs - rows[i - 1]!.timeMs === 3_600_000)).toBe(true);
  });
});

const answer = (hours: number, place: number) => ({
  latitude: 37,
  utc_offset_seconds: 0,
  timezone: 'GMT',
  hourly_units: { time: 'iso8601', temperature_2m: '°C', wind_speed_10m: 'm/s', cloud_cover: '%' },
  hourly: {
    time: Array.from({ length: hours }, (_, h) => `2026-07-01T${String(h).padStart(2, '0')}:00`),
    temperature_2m: Array.from({ length: hours }, (_, h) => 100 * place + h + 0.5),
    wind_speed_10m: Array.from({ length: hours }, () => 3),
    cloud_cover: Array.from({ length: hours }, (_, h) => (h % 3 === 0 ? null : 50)),
  },
});

describe('answers for several places', () => {
  it('keeps the places apart and a missing value missing', () => {
    const { rows } = parseOpenMeteo(JSON.stringify([answer(3, 0), answer(2, 0)]), 'hourly', 'x');
    expect(rows.map(({ place }) => place)).toEqual([0, 0, 0, 1, 1]);
    expect(rows[0]?.values.cloudPct).toBeNaN();
    expect(rows[1]?.values.cloudPct).toBe(50);
  });

  it('takes numbers that come as text, and refuses an unknown unit, an odd length and impossible values', () => {
    const odd = answer(3, 0) as unknown as {
      hourly: Record<string, unknown[]>;
      hourly_units: Record<string, string>;
    };
    odd.hourly['temperature_2m'] = ['12.5', 'warm', 99];
    odd.hourly['wind_speed_10m'] = [1, 2];
    odd.hourly_units['cloud_cover'] = 'oktas';
    const { rows, problems } = parseOpenMeteo(JSON.stringify(odd), 'hourly', 'x');
    expect(rows.map(({ values }) => values.temperatureC)).toEqual([12.5]);
    expect(problems.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([
        'not a number: "warm"',
        '99 is not possible',
        '2 values for 3 times',
        'unknown unit "oktas"',
      ]),
    );
  });
});

const MUTATIONS = 10_000;

it(`${MUTATIONS} mutations give an error or rows that stand in the text`, () => {
  const original = JSON.stringify([answer(8, 0), answer(8, 0)], null, 1);
  const random = randomOf(31);
  let errors = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    const text = mutateText(original, random);
    try {
      for (const { timeMs, values } of parseOpenMeteo(text, 'hourly' satisfies OpenMeteoBlock, 'fuzz').rows) {
        const label = new Date(timeMs).toISOString().slice(0, 16);
        if (!text.includes(`"${label}"`)) expect.fail(`mutation ${i}: ${label} is not in\n${text}`);
        const { temperatureC } = values;
        if (!Number.isNaN(temperatureC) && !text.includes(String(temperatureC)))
          expect.fail(`mutation ${i}: ${temperatureC} is not in\n${text}`);
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      errors++;
    }
  }
  expect(errors).toBeGreaterThan(MUTATIONS / 2);
});
