import { describe, expect, it } from 'vitest';
import { DEFAULT_ALERT_LIMITS } from '../../src/accuracy/alert-limits.js';
import { ZoneAlerts } from '../../src/accuracy/alerts.js';
import { HOUR_MS } from '../../src/contracts/time.js';
import { DEFAULT_QUALITY } from '../../src/quality/settings.js';

const recent = (quarantinedPercent: number, longestGapMinutes = 0, values = 288) => ({
  values,
  quarantinedPercent,
  longestGapMinutes,
});

describe('alerts on data quality', () => {
  it('raises on a share of quarantined values once, and resolves once it is clearly below', () => {
    const alerts = new ZoneAlerts('Z', DEFAULT_ALERT_LIMITS);
    const states = [4.9, 5.1, 9, 4.8, 4.4, 4].map((percent) =>
      alerts.dataQuality(recent(percent), DEFAULT_QUALITY, 0).map(({ id, state }) => `${id} ${state}`),
    );
    const id = 'data_quality/Z/quarantined';
    expect(states).toEqual([[], [`${id} raised`], [], [], [`${id} resolved`], []]);
  });

  it('says nothing of a share of a few values', () => {
    const alerts = new ZoneAlerts('Z', DEFAULT_ALERT_LIMITS);
    expect(alerts.dataQuality(recent(100, 0, 3), DEFAULT_QUALITY, 0)).toEqual([]);
  });

  it('raises on a long gap until it is a day old, by the limit of the zone', () => {
    const alerts = new ZoneAlerts('Z', DEFAULT_ALERT_LIMITS);
    const strict = { ...DEFAULT_QUALITY, alertGapMinutes: 30 };
    expect(alerts.dataQuality(recent(0, 60), DEFAULT_QUALITY, 0)).toEqual([]);
    const [alert] = alerts.dataQuality(recent(0, 60), strict, 0);
    expect(alert).toMatchObject({ kind: 'data_quality', state: 'raised', value: 60, threshold: 30 });
    expect(alerts.dataQuality(recent(0, 0), strict, HOUR_MS)).toMatchObject([{ state: 'resolved' }]);
  });

  it('raises on weather that stays away', () => {
    const alerts = new ZoneAlerts('Z', DEFAULT_ALERT_LIMITS);
    const limitMs = DEFAULT_QUALITY.alertWeatherSilentMinutes * 60_000;
    expect(alerts.weatherAge(limitMs, limitMs, 0)).toEqual([]);
    expect(alerts.weatherAge(limitMs + 1, limitMs, 1)).toMatchObject([
      { kind: 'weather_late', state: 'raised' },
    ]);
    expect(alerts.weatherAge(HOUR_MS, limitMs, 2)).toMatchObject([{ state: 'resolved' }]);
  });
});
