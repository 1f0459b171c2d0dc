import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/contracts/time.js';
import { DayMaxima } from '../../src/quality/day-maxima.js';
import { demandEvent, MapView, profileOf, STEP_MS } from './fake-view.js';

const START_MS = Date.UTC(2026, 0, 5);
const STEPS_A_DAY = DAY_MS / STEP_MS;
const profile = profileOf();

/** Days around 25 GW that differ a little, so that yesterday does not explain everything. */
function trueMw(step: number): number {
  const day = Math.floor(step / STEPS_A_DAY);
  return 25_000 + (3_000 + 150 * (day % 5)) * Math.sin((2 * Math.PI * step) / STEPS_A_DAY) + 7 * (step % 3);
}

/** @returns per day how many values each rule held back */
function course(days: number, mwAt: (step: number) => number): Record<string, number>[] {
  const view = new MapView(true);
  const found: Record<string, number>[] = Array.from({ length: days }, () => ({}));
  for (let step = 0; step < days * STEPS_A_DAY; step++) {
    const { findings } = view.feed(demandEvent(START_MS + step * STEP_MS, mwAt(step)), profile);
    const day = found[Math.floor(step / STEPS_A_DAY)] as Record<string, number>;
    for (const { rule, action } of findings) if (action === 'quarantined') day[rule] = (day[rule] ?? 0) + 1;
  }
  return found;
}

describe('faults of every day', () => {
  it('does not take a slide for usual because there was one every day', () => {
    const found = course(20, (step) => {
      const into = (step % STEPS_A_DAY) - 100;
      return trueMw(step) * (into >= 0 && into < 6 && step > 3 * STEPS_A_DAY ? 1 - 0.04 * (into + 1) : 1);
    });
    expect(found.slice(0, 3)).toEqual([{}, {}, {}]);
    for (const day of found.slice(3)) expect(day['ramp'] ?? 0).toBeGreaterThanOrEqual(1);
  });

  it('does not take a frozen feed for usual because there was one every day', () => {
    const found = course(20, (step) => {
      const into = (step % STEPS_A_DAY) - 100;
      return trueMw(into >= 0 && into < 24 && step > 3 * STEPS_A_DAY ? step - into : step);
    });
    for (const day of found.slice(3)) expect(day).toEqual({ frozen: 12 });
  });

  it('learns that a zone stands still when its standstills end without a jump', () => {
    const found = course(20, (step) => {
      const into = (step % STEPS_A_DAY) - 60;
      return into >= 0 && into < 18 ? 28_000 : trueMw(step);
    });
    expect(found[0]?.['frozen']).toBeGreaterThan(0);
    for (const day of found.slice(14)) expect(day).toEqual({});
  });
});

describe('DayMaxima', () => {
  const at = (day: number, hour: number): number => (day * 24 + hour) * 3_600_000;

  it('takes back what was learnt after a time, across midnight, and gives it again', () => {
    const maxima = new DayMaxima(11);
    maxima.take(at(100, 3), 5);
    maxima.take(at(100, 23), 9);
    maxima.take(at(101, 1), 7);
    maxima.take(at(101, 2), Number.NaN);
    expect([maxima.of(100), maxima.of(101), maxima.of(99)]).toEqual([9, 7, 0]);
    maxima.takeBack(at(100, 22));
    expect([maxima.of(100), maxima.of(101)]).toEqual([5, 0]);
    maxima.take(at(101, 4), 6);
    maxima.giveAgain();
    expect([maxima.of(100), maxima.of(101)]).toEqual([9, 7]);
    maxima.takeBack(at(101, 0));
    maxima.drop();
    maxima.giveAgain();
    expect(maxima.of(101)).toBe(0);
  });

  it('forgets a day when another takes its place', () => {
    const maxima = new DayMaxima(11);
    maxima.take(at(100, 3), 5);
    maxima.take(at(111, 3), 2);
    expect([maxima.of(100), maxima.of(111)]).toEqual([0, 2]);
    maxima.takeBack(at(100, 0));
    maxima.giveAgain();
    expect([maxima.of(100), maxima.of(111)]).toEqual([0, 2]);
  });
});
