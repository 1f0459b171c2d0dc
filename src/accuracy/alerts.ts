import type { Accuracy, Alert, TrainingRequest } from '../contracts/records.js';
import { MINUTE_MS, toIso } from '../contracts/time.js';
import type { Drift } from './drift-monitor.js';
import type { AlertLimits } from './alert-limits.js';
import { biasShare, lostCoverage } from './noise.js';
import type { RecentQuality } from '../quality/day-counts.js';
import type { QualitySettings } from '../quality/settings.js';
import type { WindowScore } from './tracker.js';

/** Share of the threshold that the value must fall below before an alert is resolved, so that it does not flap. */
const RESOLVE_SHARE = 0.9;
/** Scored nowcasts in the window before a MAPE is believed. */
const MIN_SAMPLES = 12;

type Kind = Alert['kind'];

/**
 * The alerts of one zone: raised once when a condition begins, resolved once when it has clearly ended. Holds no
 * clock; every call says what time it is.
 */
export class ZoneAlerts {
  private readonly raised = new Map<string, Alert>();

  constructor(
    private readonly zone: string,
    private readonly limits: AlertLimits,
  ) {}

  /** Alerts that are raised and not yet resolved. */
  open(): Alert[] {
    return [...this.raised.values()];
  }

  /** Takes over what an earlier run published, in the order of the log, so that nothing is raised twice. */
  restore(alert: Alert): void {
    if (alert.zone !== this.zone) return;
    if (alert.state === 'raised') this.raised.set(alert.id, alert);
    else this.raised.delete(alert.id);
  }

  /** Compares the 24 h MAPE of each horizon that counts with the threshold. */
  accuracy(rows: readonly Accuracy[], atMs: number): Alert[] {
    const changes: Alert[] = [];
    for (const row of rows) {
      if (row.zone !== this.zone || row.window !== '24h' || row.n < MIN_SAMPLES) continue;
      if (row.horizonMinutes > this.limits.mapeHorizonMinutes) continue;
      const horizon = `${row.horizonMinutes} min`;
      const change = this.judge('mape', String(row.horizonMinutes), row.mape, this.limits.mapePercent, atMs, {
        raised: `MAPE of the ${horizon} nowcast of ${this.zone} is ${row.mape.toFixed(2)} % over 24 h: check the inputs, then the model`,
        resolved: `MAPE of the ${horizon} nowcast of ${this.zone} is back at ${row.mape.toFixed(2)} % over 24 h`,
      });
      if (change !== null) changes.push(change);
    }
    return changes;
  }

  /**
   * Compares the age of the newest demand (since its interval ended) with the zone's limit.
   * @param demandAgeMs Infinity when there was never any
   */
  demandAge(demandAgeMs: number, lateAfterMs: number, atMs: number): Alert[] {
    const minutes = Number.isFinite(demandAgeMs)
      ? `${Math.round(demandAgeMs / MINUTE_MS)} minutes old`
      : 'missing';
    const change = this.judge('demand_late', 'age', demandAgeMs / MINUTE_MS, lateAfterMs / MINUTE_MS, atMs, {
      raised: `The newest demand of ${this.zone} is ${minutes}: check its source and collector`,
      resolved: `Demand of ${this.zone} is arriving again`,
    });
    return change === null ? [] : [change];
  }

  /**
   * Compares the age of the newest observed weather with what is allowed.
   * @param silentMs no observation for longer than this is an alert
   */
  weatherAge(weatherAgeMs: number, silentMs: number, atMs: number): Alert[] {
    const change = this.judge('weather_late', 'age', weatherAgeMs / MINUTE_MS, silentMs / MINUTE_MS, atMs, {
      raised: `The newest weather of ${this.zone} is ${Math.round(weatherAgeMs / MINUTE_MS)} minutes old: check its source and collector`,
      resolved: `Weather of ${this.zone} is arriving again`,
    });
    return change === null ? [] : [change];
  }

  /** Compares the share of quarantined values and the longest gap of the last 24 h with the limits of the zone. */
  dataQuality(recent: RecentQuality, limits: QualitySettings, atMs: number): Alert[] {
    const share = `${recent.quarantinedPercent.toFixed(1)} % of the demand values of ${this.zone} were quarantined in 24 h`;
    const gap = `${recent.longestGapMinutes} minutes of demand of ${this.zone}`;
    const { alertQuarantinedPercent, alertGapMinutes } = limits;
    // A few values say nothing about a share.
    const quarantined = recent.values < MIN_SAMPLES ? 0 : recent.quarantinedPercent;
    return [
      this.judge('data_quality', 'quarantined', quarantined, alertQuarantinedPercent, atMs, {
        raised: `${share}: look at the quality events, then at the source`,
        resolved: share,
      }),
      this.judge('data_quality', 'gap', recent.longestGapMinutes, alertGapMinutes, atMs, {
        raised: `${gap} never came: backfill them, and check the source and its collector`,
        resolved: `No long gap in the demand of ${this.zone} in 24 h`,
      }),
    ].filter((change) => change !== null);
  }

  /** Bands that hold too little or too much over 7 d, and a bias over 24 h or 7 d, both beyond chance. */
  calibration(scores: readonly WindowScore[], stepMs: number, atMs: number): Alert[] {
    const changes: (Alert | null)[] = [];
    for (const score of scores) {
      const { horizonMinutes, window, coverage80, n } = score.accuracy;
      if (n < MIN_SAMPLES) continue;
      const name = `${horizonMinutes} min nowcast of ${this.zone}`;
      const outsideBy = lostCoverage(score, stepMs, this.limits);
      if (outsideBy !== null) {
        // From 2 points inside the limits (resolved) to outside them (raised).
        const held = `the 80 % band of the ${name} holds ${(coverage80 ?? 0).toFixed(0)} % of actuals over 7 d`;
        changes.push(
          this.judge(
            'coverage',
            String(horizonMinutes),
            outsideBy + 20,
            20,
            atMs,
            {
              raised: `Lost coverage: ${held}; do not rely on it, and train the zone again`,
              resolved: `Coverage is back: ${held}`,
            },
            {
              value: coverage80 ?? 0,
              threshold:
                (coverage80 ?? 0) > 80 ? this.limits.coverageMaxPercent : this.limits.coverageMinPercent,
            },
          ),
        );
      }
      const bias = biasShare(score, stepMs, this.limits);
      if (bias === null) continue;
      const size = `${bias.percent.toFixed(2)} % of demand over ${window}`;
      changes.push(
        this.judge(
          'bias',
          `${horizonMinutes}/${window}`,
          bias.share,
          1,
          atMs,
          {
            raised: `The ${name} is biased by ${size}: check the inputs for a shift, then train the zone again`,
            resolved: `The bias of the ${name} is back at ${size}`,
          },
          { value: Math.abs(bias.percent), threshold: this.limits.biasPercent },
        ),
      );
    }
    return changes.filter((change) => change !== null);
  }

  /** Raised once for a drift of the zone's errors, resolved once it is over. */
  drift(drift: Drift | null, atMs: number): Alert[] {
    const what =
      drift?.kind === 'level'
        ? 'have moved to one side'
        : `have grown to ${(drift?.ratio ?? 0).toFixed(1)} times the usual`;
    const change = this.judge('drift', 'errors', drift === null ? 0 : Math.max(1, drift.ratio), 0.5, atMs, {
      raised: `Errors of the ${drift?.horizonMinutes ?? 0} min nowcast of ${this.zone} ${what} (model ${drift?.modelVersion ?? ''}): a training is requested; check the inputs, then what changed in demand`,
      resolved: `Errors of the nowcasts of ${this.zone} are usual again`,
    });
    return change === null ? [] : [change];
  }

  private judge(
    kind: Kind,
    detail: string,
    value: number,
    threshold: number,
    atMs: number,
    messages: { readonly raised: string; readonly resolved: string },
    shown: { readonly value: number; readonly threshold: number } = { value, threshold },
  ): Alert | null {
    const id = `${kind}/${this.zone}/${detail}`;
    const isRaised = this.raised.has(id);
    if (isRaised ? value > threshold * RESOLVE_SHARE : !(value > threshold)) return null;
    const state = isRaised ? 'resolved' : 'raised';
    const alert: Alert = {
      id,
      kind,
      severity: 'warning',
      state,
      zone: this.zone,
      at: toIso(atMs),
      message: messages[state],
      value: Number.isFinite(shown.value) ? shown.value : null,
      threshold: shown.threshold,
    };
    this.restore(alert);
    return alert;
  }
}

/** The training that a drift alert asks for; the same alert always gives the same request. */
export function trainingRequestOf(alert: Alert): TrainingRequest | null {
  if (alert.kind !== 'drift' || alert.state !== 'raised' || alert.zone === null) return null;
  return {
    id: `drift/${alert.zone}/${alert.at}`,
    zones: [alert.zone],
    kind: 'drift',
    requestedAt: alert.at,
    requestedBy: 'drift',
  };
}
