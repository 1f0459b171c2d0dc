import { describe, expect, it } from 'vitest';
import { parseLoad } from '../../../src/sources/caiso-oasis/parse-load.js';
import { parseOasisCsv, parseOasisXml } from '../../../src/sources/caiso-oasis/parse-report.js';
import { readOasisBody } from '../../../src/sources/caiso-oasis/read-body.js';
import { SourceError } from '../../../src/sources/source-error.js';
import { mutateBytes, mutateText, randomOf } from '../mutate.js';
import { zipOf } from '../zip.js';

const MUTATIONS = 10_000;
const AREAS = new Set(['CA ISO-TAC', 'PGE-TAC']);
const HEADER =
  'INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,LOAD_TYPE,OPR_DT,OPR_HR,OPR_INTERVAL,MARKET_RUN_ID,TAC_AREA_NAME,LABEL,XML_DATA_ITEM,POS,MW,EXECUTION_TYPE,GROUP';

function csv(): string {
  const rows = [];
  for (const [area, base] of [
    ['CA ISO-TAC', 25_000],
    ['PGE-TAC', 10_000],
    ['PGE', 3_000],
  ] as const) {
    for (let hour = 0; hour < 12; hour++) {
      const start = new Date(Date.UTC(2026, 6, 1, (hour * 7) % 12)).toISOString().slice(0, 19);
      const end = new Date(Date.UTC(2026, 6, 1, ((hour * 7) % 12) + 1)).toISOString().slice(0, 19);
      rows.push(
        `${start}-00:00,${end}-00:00,0,2026-06-30,1,0,ACTUAL,${area},Total Actual,SYS_FCST_ACT_MW,1,${base + hour * 11}.5,ACTUAL,1`,
      );
    }
  }
  return [HEADER, ...rows, ''].join('\n');
}

function xml(): string {
  const data = Array.from({ length: 12 }, (_, hour) => {
    const at = (h: number): string => new Date(Date.UTC(2026, 6, 1, h)).toISOString().slice(0, 19) + '-00:00';
    return `<REPORT_DATA>\n<DATA_ITEM>SYS_FCST_ACT_MW</DATA_ITEM>\n<RESOURCE_NAME>PGE-TAC</RESOURCE_NAME>\n<INTERVAL_START_GMT>${at(hour)}</INTERVAL_START_GMT>\n<INTERVAL_END_GMT>${at(hour + 1)}</INTERVAL_END_GMT>\n<VALUE>${10_000 + hour * 13}.5</VALUE>\n</REPORT_DATA>`;
  });
  return `<?xml version="1.0"?>\n<m:OASISReport xmlns:m="x"><REPORT_ITEM><REPORT_HEADER><MKT_TYPE>ACTUAL</MKT_TYPE></REPORT_HEADER>\n${data.join('\n')}\n</REPORT_ITEM></m:OASISReport>`;
}

type Outcome = { rows: ReturnType<typeof parseLoad>['rows']; problems: number } | SourceError;

function attempt(parse: () => ReturnType<typeof readOasisBody>): Outcome {
  try {
    const { rows, problems } = parse();
    const load = parseLoad(rows, 'ACTUAL', AREAS);
    return { rows: load.rows, problems: problems.length + load.problems.length };
  } catch (error) {
    if (error instanceof SourceError && error.message.length > 10) return error;
    throw error;
  }
}

const keyOf = ({ resource, startMs, mw }: { resource: string; startMs: number; mw: number }): string =>
  `${resource}|${startMs}|${mw}`;

describe(`${MUTATIONS} mutations`, () => {
  it('of a CSV give an error or rows that stand in it as they are given, whole lines only', () => {
    const original = csv();
    const random = randomOf(11);
    let errors = 0;
    let partial = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const text = mutateText(original, random);
      const outcome = attempt(() => parseOasisCsv(text, 'fuzz', false));
      if (outcome instanceof SourceError) {
        errors++;
        continue;
      }
      if (outcome.problems > 0 && outcome.rows.length > 0) partial++;
      const lines = new Set(
        text.split(/\r?\n/).map((line) => {
          const fields = line.split(',').map((field) => field.trim().replaceAll('"', ''));
          return `${fields[7]}|${Date.parse(fields[0] ?? '')}|${Number(fields[11])}`;
        }),
      );
      for (const row of outcome.rows)
        if (!lines.has(keyOf(row))) expect.fail(`mutation ${i}: ${keyOf(row)} is not in\n${text}`);
    }
    expect(errors).toBeGreaterThan(MUTATIONS / 50);
    expect(partial).toBeGreaterThan(MUTATIONS / 50);
  });

  it('of an XML give an error or rows that stand in it', () => {
    const original = xml();
    const random = randomOf(12);
    const values = /<VALUE>\s*([^<]*?)\s*<\/VALUE\s*>/g;
    let errors = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const text = mutateText(original, random);
      const outcome = attempt(() => parseOasisXml(text, 'fuzz'));
      if (outcome instanceof SourceError) {
        errors++;
        continue;
      }
      const stated = new Set([...text.matchAll(values)].map((match) => Number(match[1])));
      for (const { mw } of outcome.rows)
        if (!stated.has(mw)) expect.fail(`mutation ${i}: ${mw} is not in\n${text}`);
    }
    expect(errors).toBeGreaterThan(MUTATIONS / 2);
  });

  it('of a zip give an error or exactly the original rows', () => {
    const original = zipOf('report.csv', csv());
    const whole = attempt(() => readOasisBody(original, 'fuzz'));
    if (whole instanceof SourceError) throw whole;
    const expected = whole.rows.map(keyOf);
    expect(expected).toHaveLength(24);
    const random = randomOf(13);
    let errors = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const bytes = mutateBytes(original, random);
      const outcome = attempt(() => readOasisBody(bytes, 'fuzz'));
      if (outcome instanceof SourceError) errors++;
      else if (outcome.rows.length !== 24 || outcome.rows.some((row, at) => keyOf(row) !== expected[at])) {
        expect.fail(`mutation ${i} changed the rows`);
      }
    }
    expect(errors).toBeGreaterThan(MUTATIONS / 2);
  });
});
