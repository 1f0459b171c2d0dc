import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../src/contracts/time.js';
import { FEATURE_COUNT } from '../../src/features/feature-names.js';
import type { InputEvent } from '../../src/features/input-event.js';
import { RowBuffer } from '../../src/features/row-buffer.js';
import { writeFeatureRows } from '../../src/features/vector.js';
import { type ZoneProfile, defaultHorizonsMinutes } from '../../src/features/zone-profile.js';
import { ZoneState } from '../../src/features/zone-state.js';
import type { NowcastRequest } from '../../src/nowcast/request.js';
import { createZoneStream, ingest } from '../../src/nowcast/step.js';
import { DAY, inputs, profileOf, seeded } from '../features/synthetic.js';
import { RECORDED, absent, recordedEvents } from './recorded.js';
import { firstDifference, replay, rowsAt } from './replay.js';

interface Case {
  readonly name: string;
  readonly profile: ZoneProfile;
  readonly events: () => InputEvent[];
}

const SPRING = Date.UTC(2019, 1, 20);
const synthetic = (step: number, days: number): Case => {
  const profile = profileOf(step);
  return {
    name: `synthetic, ${String(step)} min`,
    profile,
    events: () => [...inputs(SPRING, SPRING + days * DAY, profile.stepMs, 5, 0.02)],
  };
};
const recorded = RECORDED.filter((set) => absent(set, true) === null).map((set): Case => {
  const { stepMinutes, timeZone, holidays } = set;
  const profile = profileOf(stepMinutes, {
    timeZone,
    holidays,
    horizonsMinutes: defaultHorizonsMinutes(stepMinutes),
  });
  return { name: set.name, profile, events: () => recordedEvents(set) };
});
const CASES = [synthetic(15, 21), synthetic(60, 30), ...recorded];

/** Corrections, late values and nonsense, woven into a clean stream. */
function disturbed(events: readonly InputEvent[], seed: number): InputEvent[] {
  const random = seeded(seed);
  return events.flatMap((event, i) => {
    if (event.type !== 'demand' || random() > 0.05) return [event];
    const kind = Math.floor(random() * 4);
    const earlier = events[i - Math.floor(random() * 30)];
    if (kind === 0) return [{ ...event, demandMw: event.demandMw * 5 }];
    if (kind === 1) return [event, { ...event, demandMw: event.demandMw + 3, revision: 1 }];
    if (kind === 2 && earlier?.type === 'demand')
      return [
        event,
        { ...earlier, demandMw: earlier.demandMw + 2, revision: 1, availableAtMs: event.availableAtMs },
      ];
    return [event, event];
  });
}

/** An origin whose own value is held back has the rows of an earlier one, for horizons as much longer. */
function minutesAsked(
  { originMs, anchorMs, horizonsMinutes }: Omit<NowcastRequest, 'firstRow'>,
  i: number,
): number {
  const ageMinutes = (originMs - anchorMs) / MINUTE_MS;
  return Math.min((horizonsMinutes[i] as number) + ageMinutes, horizonsMinutes.at(-1) as number);
}

describe.each(CASES)('$name', ({ profile, events }) => {
  const all = disturbed(events(), 9);
  const whole = replay(all, profile);

  it('issues model-ready nowcasts', () => {
    expect(whole.filter(({ request }) => request.modelUsable).length).toBeGreaterThan(500);
    expect(
      new Set(whole.map(({ request }) => `${String(request.originMs)}/${String(request.revision)}`)).size,
    ).toBe(whole.length);
  });

  it('does not depend on how events are batched', () => {
    expect(firstDifference(replay(all, profile, 97), whole)).toBe(-1);
  });

  it('restored from the log goes on as if it had never stopped', () => {
    const fromMs = (all[Math.floor(all.length * 0.8)] as InputEvent).availableAtMs;
    const rest = whole.filter(({ request }) => request.asOfMs >= fromMs);
    expect(rest.length).toBeGreaterThan(50);
    expect(firstDifference(replay(all, profile, 10, fromMs), rest)).toBe(-1);
  });

  it('restored from inputs of the longest lag gives the same rows as from all of history', () => {
    const last = (all.at(-1) as InputEvent).availableAtMs;
    const fromMs = last - DAY;
    const kept = all.filter(({ availableAtMs }) => availableAtMs >= fromMs - 17 * DAY);
    const a = replay(kept, profile, 1, fromMs + DAY / 2).map(({ rows }) => rows);
    const b = replay(all, profile, 1, fromMs + DAY / 2).map(({ rows }) => rows);
    expect(a.length).toBe(b.length);
    expect(a.every((rows, i) => rows.equals(b[i] as Buffer))).toBe(true);
  });

  it.each([0.5, 0.77, 0.95])(
    'knows nothing of the future: cut or scrambled after %d of the input',
    (share) => {
      const cutMs = (all[Math.floor(all.length * share)] as InputEvent).availableAtMs;
      const before = whole.filter(({ request }) => request.asOfMs <= cutMs);
      expect(
        firstDifference(
          replay(
            all.filter(({ availableAtMs }) => availableAtMs <= cutMs),
            profile,
          ),
          before,
        ),
      ).toBe(-1);
      const random = seeded(2);
      const scrambled = all.map((event): InputEvent => {
        if (event.availableAtMs <= cutMs) return event;
        if (event.type === 'demand') return { ...event, demandMw: event.demandMw * (0.98 + 0.04 * random()) };
        if (event.type === 'weather')
          return { ...event, values: { ...event.values, temperatureC: 40 * random() } };
        if (event.type === 'operator') return { ...event, demandMw: event.demandMw * (0.5 + random()) };
        return { ...event, values: event.values.map((v) => ({ ...v, temperatureC: 40 * random() })) };
      });
      const again = replay(scrambled, profile).filter(({ request }) => request.asOfMs <= cutMs);
      expect(firstDifference(again, before)).toBe(-1);
    },
  );

  it('gives the trainer, which asks for rows of a state directly, the same bits', () => {
    const stream = createZoneStream(profile);
    const streamed = new RowBuffer(FEATURE_COUNT);
    const direct = new RowBuffer(FEATURE_COUNT);
    const state = new ZoneState(profile);
    let compared = 0;
    let held = 0;
    for (const event of all) {
      streamed.reset();
      direct.reset();
      const { request, findings } = ingest(stream, event, null, streamed, true);
      const rejected = findings.some(({ action }) => action === 'quarantined');
      if (event.type === 'weather') state.setWeather(event);
      else if (event.type === 'forecast') state.setForecast(event);
      else if (event.type === 'operator') state.setOperator(event);
      else if (!rejected && event.revision >= state.demandRevisionAt(event.validTimeMs))
        state.setDemand(event.validTimeMs, event.demandMw, event.revision);
      if (request === null || !request.modelUsable) continue;
      // Horizon by horizon, backwards: a row may not depend on the rows beside it.
      for (let i = request.horizonsMinutes.length - 1; i >= 0; i -= 7) {
        const { firstRow, baselineMw } = writeFeatureRows(
          state,
          request.anchorMs,
          request.asOfMs,
          [minutesAsked(request, i)],
          direct,
        );
        if (!rowsAt(direct, firstRow, 1).equals(rowsAt(streamed, request.firstRow + i, 1)))
          expect.fail(`row ${String(i)} of origin ${String(request.originMs)} differs`);
        if (request.anchorMs === request.originMs) expect(baselineMw[0]).toBe(request.baselineMw[i]);
        else held++;
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(1000);
    expect(held).toBeGreaterThan(10);
  });
});

describe('recorded data gives every interval exactly one first nowcast', () => {
  for (const set of RECORDED) {
    it.skipIf(absent(set) !== null)(set.name, () => {
      const { timeZone, holidays } = set;
      const events = recordedEvents(set);
      const first = replay(events, profileOf(set.stepMinutes, { timeZone, holidays })).filter(
        ({ request }) => request.revision === 0,
      );
      const intervals = new Set(
        events.filter(({ type }) => type === 'demand').map(({ availableAtMs }) => availableAtMs),
      );
      expect(first.length).toBe(intervals.size);
    });
  }
});
