import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/contracts/time.js';
import { FEATURE_COUNT } from '../../src/features/feature-names.js';
import { RowBuffer } from '../../src/features/row-buffer.js';
import { createZoneStream, ingest } from '../../src/nowcast/step.js';
import { ZoneQuality } from '../../src/quality/zone-quality.js';
import { readDemandCsv } from '../../src/sources/csv/demand-csv.js';
import { inferStepMinutes } from '../../src/sources/csv/series.js';
import { sharedData } from '../shared-data.js';
import { demandEvent, MapView, profileOf, STEP_MS } from './fake-view.js';

const START_MS = Date.UTC(2026, 0, 5);
const profile = profileOf();

/** A smooth day around 25 GW whose steepest ramp is about 0.9 % a step, as a real one's. */
function normalMw(step: number): number {
  return (
    25_000 +
    4_000 * Math.sin((2 * Math.PI * step) / 288) +
    1_500 * Math.sin((4 * Math.PI * step) / 288) +
    10 * (step % 3)
  );
}

function feed(view: MapView, from: number, to: number, mwAt: (step: number) => number): string[] {
  const rules: string[] = [];
  for (let step = from; step < to; step++) {
    const { findings } = view.feed(demandEvent(START_MS + step * STEP_MS, mwAt(step)), profile);
    rules.push(...findings.map((finding) => `${finding.rule}@${step}`));
  }
  return rules;
}

function rulesOf(mw: number, overrides: Parameters<typeof demandEvent>[2] = {}, zone = profile): string[] {
  const verdict = new ZoneQuality(zone).assess(demandEvent(START_MS, mw, overrides), new MapView(false));
  expect(verdict.accepted).toBe(verdict.findings.every((finding) => finding.action !== 'quarantined'));
  return verdict.findings.map((finding) => finding.rule);
}

describe('rules about the value alone', () => {
  it('quarantines what cannot be demand, each with its own rule', () => {
    expect(rulesOf(25_000)).toEqual([]);
    expect(rulesOf(Number.NaN)).toEqual(['not_finite']);
    expect(rulesOf(Infinity)).toEqual(['not_finite']);
    expect(rulesOf(0)).toEqual(['non_positive']);
    expect(rulesOf(-3)).toEqual(['non_positive']);
    expect(rulesOf(60_001)).toEqual(['range']);
    expect(rulesOf(25_000, { validTimeMs: START_MS + 1000 })).toEqual(['misaligned']);
    expect(rulesOf(25_000, { availableAtMs: START_MS - 1 })).toEqual(['future_dated']);
    expect(
      rulesOf(-3, {}, profileOf({ limits: { minMw: -100, maxMw: 100, maxRampMwPerHour: Infinity } })),
    ).toEqual([]);
  });

  it('counts late data and accepts it', () => {
    const end = START_MS + STEP_MS;
    expect(rulesOf(25_000, { availableAtMs: end + profile.lateAfterMs })).toEqual([]);
    expect(rulesOf(25_000, { availableAtMs: end + profile.lateAfterMs + 1 })).toEqual(['late']);
  });

  it('never throws and always explains itself, whatever the event', () => {
    const anyTime = fc.oneof(fc.integer(), fc.double());
    fc.assert(
      fc.property(fc.double(), anyTime, anyTime, (mw, validTimeMs, availableAtMs) => {
        const event = demandEvent(validTimeMs, mw, { availableAtMs });
        const verdict = new ZoneQuality(profile).assess(event, new MapView(true));
        for (const finding of verdict.findings) expect(finding.message.length).toBeGreaterThan(10);
        if (verdict.accepted) expect(mw > 0 && Number.isFinite(mw) && validTimeMs % STEP_MS === 0).toBe(true);
      }),
      {
        examples: [
          [1.2, 3e300, 3e300],
          [1.2, 1e300, 1e301],
        ],
      },
    );
  });
});

describe.each([
  ['with sight of the held values', true],
  ['without', false],
])('spikes, %s', (_, withHeld) => {
  const settled = () => {
    const view = new MapView(withHeld);
    expect(feed(view, 0, 900, normalMw)).toEqual([]);
    return view;
  };

  it('quarantines a single spike of 2.5 GW and more at any time of day, either way, and accepts the return', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 900, max: 1188 }),
        fc.integer({ min: 2500, max: 20_000 }),
        fc.boolean(),
        (at, size, up) => {
          const view = new MapView(withHeld);
          feed(view, at - 600, at, normalMw);
          const spike = normalMw(at) + (up ? size : -size);
          expect(feed(view, at, at + 20, (step) => (step === at ? spike : normalMw(step)))).toEqual([
            `spike@${at}`,
          ]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('believes a new level after three values that agree', () => {
    const view = settled();
    const rules = feed(view, 900, 1200, (step) => normalMw(step) * 0.7);
    expect(rules).toEqual(['spike@900', 'spike@901', 'spike@902']);
  });

  it('never locks a zone out: with a steady series it accepts again within seven steps, whatever came before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 59_000 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 59_000 }),
        (junk, level) => {
          const view = new MapView(withHeld);
          feed(view, 0, 300, normalMw);
          feed(view, 300, 300 + junk.length, (step) => junk[step - 300] ?? 1);
          const from = 300 + junk.length;
          // Steady, but not frozen: that is another rule's.
          const steady = (step: number): number => level * (1 + 1e-6 * (step % 2));
          feed(view, from, from + 7, steady);
          expect(feed(view, from + 7, from + 12, steady)).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('accepts a correction of a bad value that was accepted, and one that arrives late between good ones', () => {
    const view = settled();
    const late = demandEvent(START_MS + 800 * STEP_MS, normalMw(800), {
      availableAtMs: START_MS + 900 * STEP_MS,
      revision: 1,
    });
    view.accepted.set(late.validTimeMs, 40_000);
    expect(view.feed(late, profile).accepted).toBe(true);
  });
});

describe('limits and frozen feeds', () => {
  it('quarantines a ramp beyond the limit of the zone', () => {
    const limited = profileOf({ limits: { minMw: 0, maxMw: 60_000, maxRampMwPerHour: 6_000 } });
    const view = new MapView(true);
    view.feed(demandEvent(START_MS, 25_000), limited);
    const verdict = view.feed(demandEvent(START_MS + STEP_MS, 25_600), limited);
    expect(verdict.findings.map((finding) => finding.rule)).toEqual(['ramp']);
    expect(verdict.findings[0]?.message).toContain('7200 MW an hour');
    expect(view.feed(demandEvent(START_MS + 2 * STEP_MS, 25_400), limited).accepted).toBe(true);
  });

  it('quarantines a value that has not changed for more than an hour, for as long as it stays', () => {
    const view = new MapView(true);
    expect(feed(view, 0, 30, () => 25_000)).toEqual(Array.from({ length: 18 }, (_, i) => `frozen@${12 + i}`));
    expect(feed(view, 30, 40, () => 25_010)).toEqual([]);
    const hourly = profileOf({ stepMs: HOUR_MS });
    const other = new MapView(true);
    const verdicts = [0, 1, 2, 3, 4].map((hour) =>
      other.feed(demandEvent(START_MS + hour * HOUR_MS + 100 * HOUR_MS, 900), hourly),
    );
    expect(verdicts.map((verdict) => verdict.findings.length)).toEqual([0, 0, 0, 0, 1]);
  });
});

describe('recorded demand', () => {
  /** Quarantined values by rule, a line a zone. */
  async function findings(name: string): Promise<Record<string, Record<string, number>>> {
    const series = await readDemandCsv(sharedData(`canonical/${name}.demand.csv.gz`) ?? '', () => undefined);
    const counts: Record<string, Record<string, number>> = {};
    for (const { zone, timesMs, demandMw } of series.zones) {
      const stepMs = (inferStepMinutes(timesMs) ?? 0) * MINUTE_MS;
      const zoneProfile = profileOf({ zone, stepMs });
      const stream = createZoneStream(zoneProfile);
      const buffer = new RowBuffer(FEATURE_COUNT, 1);
      const rules: Record<string, number> = {};
      timesMs.forEach((time, i) => {
        const event = demandEvent(time, demandMw[i] ?? Number.NaN, { availableAtMs: time + stepMs });
        for (const { rule, action } of ingest(stream, event, null, buffer, false).findings)
          if (action === 'quarantined') rules[rule] = (rules[rule] ?? 0) + 1;
      });
      counts[zone] = rules;
    }
    return counts;
  }

  const has = sharedData('canonical/caiso-5min-2018-2019.demand.csv.gz') !== null;

  it.skipIf(!has)('finds the one jump in a year of 5-minute demand and no morning ramp', async () => {
    expect(await findings('caiso-5min-2018-2019')).toEqual({
      'CA ISO-TAC': { spike: 3, frozen: 2, ramp: 2 },
    });
  });

  it.skipIf(!has)('quarantines nothing in two years of half-hourly demand', async () => {
    expect(await findings('victoria-30min-2012-2013')).toEqual({ VIC: {} });
  });

  it.skipIf(!has)(
    'quarantines less than one value in a thousand in hourly zones, the smallest and roughest included',
    async () => {
      const counts = await findings('caiso-zones-hourly-2019-2023');
      const { 'VEA-TAC': smallest = {}, ...larger } = counts;
      expect(larger).toEqual({
        'CA ISO-TAC': {},
        'PGE-TAC': { spike: 1 },
        'SCE-TAC': {},
        'SDGE-TAC': { spike: 3 },
      });
      expect(smallest['non_positive']).toBe(4);
      expect(Object.values(smallest).reduce((sum, count) => sum + count, 0)).toBeLessThan(38);
    },
  );
});
