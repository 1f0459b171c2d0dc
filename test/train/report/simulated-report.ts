import { DAY_MS } from '../../../src/contracts/time.js';
import { zoneClock } from '../../../src/features/zone-clock.js';
import { backtest } from '../../../src/train/backtest.js';
import { ReportCollector } from '../../../src/train/report/report-collector.js';
import type { ReportData } from '../../../src/train/report/report-data.js';
import { renderReport } from '../../../src/train/report/write-report.js';
import { FAULTS, FROM_MS, PROFILE, QUICK, simulatedEvents } from '../simulated.js';

/** A small backtest on simulated data and its report, with a provenance that tries to break the page. */
export async function simulatedReport(): Promise<{ data: ReportData; page: string }> {
  const { seed, ...fit } = QUICK;
  const collector = new ReportCollector(PROFILE, seed);
  const result = await backtest({
    events: simulatedEvents(16, FAULTS),
    profile: PROFILE,
    testFromMs: FROM_MS + 13 * DAY_MS,
    futureWeather: 'none',
    seed,
    fit,
    observer: collector.observer,
  });
  const provenance = [['note', '<script>alert("x")</script> & more']] as const;
  const data = { result, findings: collector.findings(), timeZone: PROFILE.timeZone, provenance };
  return { data, page: await renderReport(data, zoneClock(PROFILE.timeZone, PROFILE.holidays)) };
}
