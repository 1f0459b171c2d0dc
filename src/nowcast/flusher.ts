import { ZoneAlerts } from '../accuracy/alerts.js';
import type { ScoringRules } from '../accuracy/settings.js';
import { messageOf } from '../contracts/errors.js';
import type { Accuracy, Alert, QualitySummary } from '../contracts/records.js';
import { MINUTE_MS, parseIso } from '../contracts/time.js';
import { performance } from 'node:perf_hooks';
import type { EventLog } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import type { ActiveModels } from '../model/active-models.js';
import type { Logger } from '../ops/logger.js';
import { measureAccuracy, type Metrics } from '../ops/metrics.js';
import { isStreamAlert, noteAlert } from '../ops/watch-metrics.js';
import { DEFAULT_QUALITY, type QualitySettings } from '../quality/settings.js';
import { compose } from './compose.js';
import type { Adjustment } from './error-memory.js';
import { answerRows } from './inference.js';
import { issuedColumns, ramp24hOf } from './issued-columns.js';
import { encodeAdjustment } from './nowcast-headers.js';
import { appendOutputs, type EmittedNowcast, qualitySummaries } from './outputs.js';
import type { ModelAnswer } from './request.js';
import { partitionKey, type RestorePlan } from './restore.js';
import { servingModel } from './serving-model.js';
import type { PendingNowcast, WorkBatch, ZoneQualityReport } from './work-batch.js';
import type { ZoneBook } from './zone-book.js';

export interface FlusherOptions {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly models: ActiveModels;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly scoring: ScoringRules;
  readonly book: ZoneBook;
  readonly retry: <T>(action: () => Promise<T>) => Promise<T>;
}

interface InputTimes {
  readonly demandEndMs: number;
  readonly weatherMs: number | null;
}

/** Turns a batch of due nowcasts into records: one inference a model, compose, score, append, measure. */
export class Flusher {
  private emittedThrough: ReadonlyMap<string, number> = new Map();
  private readonly alerts = new Map<string, ZoneAlerts>();
  private readonly inputTimes = new Map<string, InputTimes>();
  private end = 0;

  constructor(private readonly options: FlusherOptions) {}

  /** End of the nowcasts topic after the last flush. */
  get nowcastsEnd(): number {
    return this.end;
  }

  reset(plan: RestorePlan): void {
    this.emittedThrough = plan.emittedThrough;
    this.end = plan.nowcastsEnd;
    this.alerts.clear();
    this.options.metrics.alertActive.reset();
    for (const alert of plan.alerts) {
      if (alert.zone !== null) this.alertsOf(alert.zone).restore(alert);
      if (isStreamAlert(alert)) noteAlert(this.options.metrics, alert);
    }
  }

  async flush(batch: WorkBatch): Promise<void> {
    const { log, codec, retry } = this.options;
    const answers = await this.answer(batch);
    const nowcasts: EmittedNowcast[] = [];
    const accuracy: Accuracy[] = [];
    const alerts: Alert[] = [...batch.alerts];
    for (const action of batch.actions) {
      if (action.type === 'actual') {
        const { zone, validTimeMs, demandMw, asOfMs } = action;
        const hour = this.options.book.observed(zone, validTimeMs, demandMw, asOfMs);
        if (hour === null) continue;
        const scores = hour.scores.map((score) => score.accuracy);
        accuracy.push(...hour.corrected, ...scores);
        measureAccuracy(this.options.metrics, scores);
        const watched = hour.watched.map((score) => score.accuracy);
        alerts.push(...this.alertsOf(zone).accuracy(watched, asOfMs));
        const stepMs = this.options.book.profileOf(zone)?.stepMs ?? 0;
        alerts.push(...this.alertsOf(zone).calibration(hour.watched, stepMs, asOfMs));
        alerts.push(...this.alertsOf(zone).drift(hour.drift, asOfMs));
      } else if (action.type === 'earlier') {
        this.options.book.issuedBefore(action.zone, action.issued);
      } else {
        const emitted = this.compose(action, batch, answers);
        if (emitted !== null) nowcasts.push(emitted);
      }
    }
    for (const report of batch.quality) alerts.push(...this.qualityAlerts(report));
    const summaries = batch.quality.flatMap(qualitySummaries);
    const { findings } = batch;
    const end = await retry(() =>
      appendOutputs(log, codec, { nowcasts, findings, summaries, accuracy, alerts }),
    );
    for (const summary of summaries) logSummary(this.options.logger, summary);
    this.end = end ?? this.end;
    for (const alert of alerts) noteAlert(this.options.metrics, alert);
    this.measure(batch, nowcasts);
  }

  /** Ages of the inputs by the clock, and what to say about them. */
  ages(nowMs: number): Alert[] {
    const changes: Alert[] = [];
    for (const [zone, { demandEndMs, weatherMs }] of this.inputTimes) {
      const { inputAgeSeconds, inputLateAfterSeconds } = this.options.metrics;
      inputAgeSeconds.set({ zone, input: 'demand' }, (nowMs - demandEndMs) / 1000);
      if (weatherMs !== null) inputAgeSeconds.set({ zone, input: 'weather' }, (nowMs - weatherMs) / 1000);
      const lateAfterMs = this.options.book.profileOf(zone)?.lateAfterMs ?? Number.POSITIVE_INFINITY;
      if (Number.isFinite(lateAfterMs))
        inputLateAfterSeconds.set({ zone, input: 'demand' }, lateAfterMs / 1000);
      changes.push(...this.alertsOf(zone).demandAge(nowMs - demandEndMs, lateAfterMs, nowMs));
      if (weatherMs === null) continue;
      const silentMs = this.qualityOf(zone).alertWeatherSilentMinutes * MINUTE_MS;
      changes.push(...this.alertsOf(zone).weatherAge(nowMs - weatherMs, silentMs, nowMs));
    }
    return changes;
  }

  private qualityAlerts({ zone, asOfMs, recent }: ZoneQualityReport): Alert[] {
    const { quarantinedPercent, longestGapMinutes } = this.options.metrics;
    quarantinedPercent.set({ zone }, recent.quarantinedPercent);
    longestGapMinutes.set({ zone }, recent.longestGapMinutes);
    return this.alertsOf(zone).dataQuality(recent, this.qualityOf(zone), asOfMs);
  }

  private qualityOf(zone: string): QualitySettings {
    return this.options.book.profileOf(zone)?.quality ?? DEFAULT_QUALITY;
  }

  private answer(batch: WorkBatch): Promise<Map<string, ModelAnswer>> {
    const { models, metrics, logger, book } = this.options;
    return answerRows(batch.zoneBuffers(), (zone) => servingModel(models, book.profileOf(zone), logger), {
      onInference: (seconds) => {
        metrics.inferenceSeconds.observe(seconds);
      },
      onFailure: (version, error) => {
        logger.error(
          { version, error: messageOf(error) },
          'inference failed; the zone falls back to its baseline',
        );
      },
    });
  }

  private compose(
    { request, traceparent }: PendingNowcast,
    batch: WorkBatch,
    answers: ReadonlyMap<string, ModelAnswer>,
  ): EmittedNowcast | null {
    const { zone, asOfMs, trigger, demandAgeMs, weatherAgeMs } = request;
    const correct = this.options.book.correctionOf(zone);
    const used: { adjustment: Adjustment | null } = { adjustment: null };
    const nowcast = compose(request, answers.get(zone) ?? null, (begin, originMs) => {
      const correction = correct(begin, originMs);
      used.adjustment = correction.adjustment ?? null;
      return correction;
    });
    this.inputTimes.set(zone, {
      demandEndMs: asOfMs - demandAgeMs,
      weatherMs: weatherAgeMs === null ? null : asOfMs - weatherAgeMs,
    });
    if (nowcast === null) {
      this.options.logger.warn({ zone }, 'no nowcast: not even the baseline is a number');
      return null;
    }
    const isRepeat =
      trigger !== null && trigger.offset <= (this.emittedThrough.get(partitionKey(trigger)) ?? -1);
    // What was published counts, and the book read that back.
    if (isRepeat) return null;
    const rows = batch.bufferOf(zone).data;
    const ramp24hMw = ramp24hOf(request, rows);
    const adjustment = nowcast.quality === 'fallback' ? null : used.adjustment;
    this.options.book.issued(zone, issuedColumns(nowcast, request.horizonsMinutes, ramp24hMw, adjustment));
    const bandState = this.options.book.bandsToSave(zone, request.originMs);
    const errors = adjustment === null ? null : encodeAdjustment(adjustment);
    return { nowcast, asOfMs, trigger, traceparent, bandState, ramp24hMw, errors };
  }

  private alertsOf(zone: string): ZoneAlerts {
    let alerts = this.alerts.get(zone);
    if (alerts === undefined) {
      alerts = new ZoneAlerts(zone, this.options.scoring.limitsOf(zone));
      this.alerts.set(zone, alerts);
    }
    return alerts;
  }

  private measure(batch: WorkBatch, nowcasts: readonly EmittedNowcast[]): void {
    const { emittedTotal, eventToEmitSeconds, lastEmitted, qualityEventsTotal, stepSeconds } =
      this.options.metrics;
    const nowMs = performance.now();
    for (const { nowcast } of nowcasts) {
      const { zone, quality, issuedAt } = nowcast;
      emittedTotal.inc({ zone, quality });
      lastEmitted.set({ zone }, parseIso(issuedAt) / 1000);
      const stepMs = this.options.book.profileOf(zone)?.stepMs;
      if (stepMs !== undefined) stepSeconds.set({ zone }, stepMs / 1000);
    }
    for (const action of batch.actions) {
      if (action.type === 'nowcast') eventToEmitSeconds.observe((nowMs - action.receivedAtMs) / 1000);
    }
    for (const { rule } of batch.findings) qualityEventsTotal.inc({ rule });
  }
}

function logSummary(
  logger: Logger,
  { zone, day, completenessPercent, quarantinedPercent, gaps, byRule }: QualitySummary,
): void {
  logger.info(
    { zone, day, completenessPercent, quarantinedPercent, gaps: gaps.count, byRule },
    'data quality of the day',
  );
}
