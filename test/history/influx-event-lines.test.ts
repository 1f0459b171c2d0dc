import { describe, expect, it } from 'vitest';
import { alertLine, modelLines, qualityLine, trainingLine } from '../../src/history/influx-event-lines.js';
import {
  demandForecastLine,
  operatorErrorLine,
  supplyLines,
} from '../../src/history/influx-operator-lines.js';
import { T0, demandForecastOf, supplyForecastOf } from '../contract/history-contract/samples.js';
import { ALERT, MODEL, OPERATOR_ERROR, QUALITY_EVENT, TRAINING_RUN } from './event-samples.js';

describe('line protocol of events', () => {
  it('gives a model version a point in each of its zones, at the time of its status', () => {
    const [first, second, ...more] = modelLines(MODEL).trimEnd().split('\n');
    expect(first).toMatch(/^model_event,zone=CA\\ ISO-TAC,status=promoted version="v1",/);
    expect(first).toContain('reason="better at \\"every\\" horizon"');
    expect(first?.endsWith(` ${T0}`)).toBe(true);
    expect(second).toMatch(/^model_event,zone=Z\\,2,/);
    expect(more).toEqual([]);
  });

  it('keeps words on one line', () => {
    const line = qualityLine(QUALITY_EVENT);
    expect(line.trimEnd()).not.toContain('\n');
    expect(line).toContain(
      'source=csv:a\\ file.csv count=1i,judged=12.5,hasValue=t,message="twice the usual"',
    );
    expect(qualityLine({ ...QUALITY_EVENT, value: null })).toContain(' count=1i,hasValue=f,');
  });

  it('tells raised from resolved, and names an alert of no zone', () => {
    expect(alertLine(ALERT)).toContain('state="raised",severity="warning",raised=1i');
    expect(alertLine({ ...ALERT, state: 'resolved' })).toContain('raised=0i');
    expect(alertLine({ ...ALERT, zone: null })).toMatch(/^alert,zone=all,/);
  });

  it('says how long a training took once it has ended', () => {
    expect(trainingLine(TRAINING_RUN)).toContain('status="succeeded",ended=t,durationSeconds=90,rows=1000i');
    const running = { ...TRAINING_RUN, status: 'running', finishedAt: null } as const;
    expect(trainingLine(running)).toContain('ended=f,rows=');
    // In a replay time stands still while a training runs; its stages are measured.
    const replayed = {
      ...TRAINING_RUN,
      finishedAt: TRAINING_RUN.startedAt,
      stages: [{ name: 'fit', durationMs: 2500 }],
    };
    expect(trainingLine(replayed)).toContain('durationSeconds=2.5');
  });

  it("says how far an operator's forecast was off beside a nowcast, in percent of what was measured", () => {
    const line = operatorErrorLine(OPERATOR_ERROR);
    expect(line).toMatch(/^operator_error,zone=CA\\ ISO-TAC,product=day-ahead operatorApe=3,nowcastApe=1,/);
    expect(line).toContain('operatorErrorMw=-30,nowcastErrorMw=10,leadMinutes=900,horizonMinutes=960i');
  });

  it("says how long before its interval an operator's value could be known", () => {
    const line = demandForecastLine(demandForecastOf('Z', T0, 5), T0);
    expect(line).toContain('demand_forecast,zone=Z,product=day-ahead mw=5,hasIssued=f,');
    expect(line).toContain(',leadMinutes=1440,stepMinutes=60i,revision=0i,source="test" ');
  });

  it('gives each name of a supply record a point, under its area', () => {
    const record = supplyForecastOf('Z', T0, { solar: 1, wind: 2 }, { area: 'NP 15' });
    const [first, second, ...more] = supplyLines(record, T0, 7).trimEnd().split('\n');
    expect(first).toMatch(
      /^supply,zone=Z,kind=forecast,product=renewables,area=NP\\ 15,name=solar mw=1,hasIssued=f,/,
    );
    expect(second).toContain(',name=wind mw=2,');
    expect(second?.endsWith(`,written=7i ${T0}`)).toBe(true);
    expect(more).toEqual([]);
  });
});
