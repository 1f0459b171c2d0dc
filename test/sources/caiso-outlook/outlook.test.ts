import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOutlook, type OutlookRow } from '../../../src/sources/caiso-outlook/parse-outlook.js';
import { SourceError } from '../../../src/sources/source-error.js';
import { WallClock } from '../../../src/sources/wall-clock.js';
import { mutateText, randomOf } from '../mutate.js';

const clock = new WallClock('America/Los_Angeles');
const HEADER = 'Time,Day ahead forecast,Hour ahead forecast,Current demand,Demand response';

function label(slot: number): string {
  const minute = (slot * 5) % 1440;
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** A day file of the present layout: 289 rows, actual = 20000 + slot up to `known`. */
function dayFile(known: number, blank: (slot: number) => boolean = () => false): string {
  const rows = Array.from({ length: 289 }, (_, slot) => {
    const actual = slot < known && !blank(slot) ? String(20_000 + slot) : '';
    return `${label(slot)},25000,25100,${actual},`;
  });
  return [HEADER, ...rows, ''].join('\n');
}

function parse(text: string, date: string, asOf: string) {
  return parseOutlook(text, { date, clock, asOfMs: Date.parse(asOf), report: 'demand', what: 'demand.csv' });
}
const demandOf = (rows: readonly OutlookRow[]): OutlookRow[] =>
  rows.filter(({ series }) => series === 'demand');

describe('the present layout', () => {
  it('gives each label the interval that ends there; the second midnight is the next day', () => {
    const { rows, problems } = parse(dayFile(289), '2026-07-01', '2026-07-02T12:00:00Z');
    const demand = demandOf(rows);
    expect(problems).toEqual([]);
    expect(demand).toHaveLength(289);
    expect(demand[0]).toEqual({
      kind: 'actual',
      series: 'demand',
      startMs: Date.parse('2026-07-01T06:55:00Z'),
      mw: 20_000,
    });
    expect(demand[288]).toEqual({
      kind: 'actual',
      series: 'demand',
      startMs: Date.parse('2026-07-02T06:55:00Z'),
      mw: 20_288,
    });
  });

  it('leaves out what is blank: the future has no actual values', () => {
    const { rows } = parse(dayFile(100), '2026-07-01', '2026-07-01T15:20:00Z');
    expect(demandOf(rows)).toHaveLength(100);
    expect(rows.filter(({ series }) => series === 'outlook-day-ahead')).toHaveLength(289);
  });

  it("refuses the evening of the day before when it is still served as today's", () => {
    expect(() => parse(dayFile(289), '2026-07-02', '2026-07-02T07:02:00Z')).toThrow(
      /it is not the file of 2026-07-02/,
    );
  });

  it('leaves out a value in the hour that spring skips', () => {
    const { rows, problems } = parse(dayFile(289), '2026-03-08', '2026-03-10T00:00:00Z');
    expect(demandOf(rows)).toHaveLength(277);
    expect(problems.filter(({ reason }) => reason.includes('Current demand: the clock skips'))).toHaveLength(
      12,
    );
  });

  it('leaves out the autumn hour that was published once, unless only its first pass has happened', () => {
    const later = parse(dayFile(289), '2026-11-01', '2026-11-03T00:00:00Z');
    expect(demandOf(later.rows)).toHaveLength(277);
    expect(
      later.problems.filter(({ reason }) =>
        reason.includes('Current demand: the clock shows this time twice'),
      ),
    ).toHaveLength(12);
    // 08:32 UTC is 01:32 of the first pass: the label 01:30 can only be that one.
    const live = demandOf(parse(dayFile(19), '2026-11-01', '2026-11-01T08:32:00Z').rows);
    expect(live.at(-1)).toMatchObject({ startMs: Date.parse('2026-11-01T08:25:00Z'), mw: 20_018 });
    // After the hour 02:00 is one instant again.
    const two = demandOf(later.rows).find(({ mw }) => mw === 20_024);
    expect(two?.startMs).toBe(Date.parse('2026-11-01T09:55:00Z'));
  });

  it('takes the autumn hour in order when it is there twice', () => {
    const lines = dayFile(289).split('\n');
    const hour = lines.slice(13, 25).map((line) => line.replace(/,2\d{4},$/, ',19000,'));
    lines.splice(25, 0, ...hour);
    const demand = demandOf(parse(lines.join('\n'), '2026-11-01', '2026-11-03T00:00:00Z').rows);
    expect(demand).toHaveLength(301);
    const at = (time: string) => demand.find(({ startMs }) => startMs === Date.parse(time))?.mw;
    expect(at('2026-11-01T08:25:00Z')).toBe(20_018);
    expect(at('2026-11-01T09:25:00Z')).toBe(19_000);
  });

  it('gives the same rows whatever their order, but for the midnights', () => {
    const lines = dayFile(289).split('\n').slice(0, 289);
    const [header, first, ...rest] = lines;
    const inOrder = new Set(
      demandOf(parse(lines.join('\n') + '\n', '2026-07-01', '2026-07-03T00:00:00Z').rows).map((row) =>
        JSON.stringify(row),
      ),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(rest, { minLength: rest.length }), (shuffled) => {
        const text = [header, first, ...shuffled, ''].join('\n');
        const rows = demandOf(parse(text, '2026-07-01', '2026-07-03T00:00:00Z').rows).map((row) =>
          JSON.stringify(row),
        );
        expect(new Set(rows)).toEqual(inOrder);
      }),
      { numRuns: 20 },
    );
  });

  it('refuses a label that is there twice and a file of another report', () => {
    const text = dayFile(289).replace('\n00:10,', '\n00:05,');
    expect(demandOf(parse(text, '2026-07-01', '2026-07-03T00:00:00Z').rows)).toHaveLength(287);
    expect(() => parse('Time,Solar,Wind\n00:00,1,2\n', '2026-07-01', '2026-07-03T00:00:00Z')).toThrow(
      /no column of demand/,
    );
    expect(() =>
      parse('<!DOCTYPE html><title>Sign in</title>', '2026-07-01', '2026-07-03T00:00:00Z'),
    ).toThrow(/"Sign in"/);
  });
});

const MUTATIONS = 10_000;

it(`${MUTATIONS} mutations give an error or rows that stand in the text`, () => {
  // Both ends of a day, so that the midnights are among the lines that are hurt.
  const lines = dayFile(289).split('\n');
  const original = [...lines.slice(0, 40), ...lines.slice(-12)].join('\n');
  const random = randomOf(21);
  let errors = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    const text = mutateText(original, random);
    let rows: readonly OutlookRow[];
    try {
      rows = parse(text, '2026-07-01', '2026-07-03T00:00:00Z').rows;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      errors++;
      continue;
    }
    const stated = new Set(
      text.split(/\r?\n/).map((line) => {
        const fields = line.replaceAll('"', '').split(',');
        return `${fields[0]?.trim().padStart(5, '0').slice(0, 5)}|${Number(fields[3])}`;
      }),
    );
    for (const { series, startMs, mw } of rows) {
      if (series !== 'demand') continue;
      const minute = clock.minuteOfDay(startMs + 300_000);
      if (!stated.has(`${label(minute / 5)}|${mw}`))
        expect.fail(`mutation ${i}: ${label(minute / 5)} ${mw} is not in\n${text}`);
    }
  }
  expect(errors).toBeGreaterThan(MUTATIONS / 50);
});
