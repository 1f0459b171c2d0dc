import type {
  Accuracy,
  Alert,
  DemandObservation,
  ModelManifest,
  ModelRecord,
  Nowcast,
  QualityEvent,
  QualitySummary,
  TrainingRun,
} from '../contracts/records.js';
import { FeedFrame } from './frame.js';
import { FrameRing } from './frame-ring.js';
import { OperatorForecasts } from './operator-forecasts.js';

/** A model version without its artifact. */
export interface ModelSummary {
  readonly version: string;
  readonly status: ModelRecord['status'];
  readonly statusAt: string;
  readonly statusReason: string;
  readonly keyId: string;
  readonly manifest: ModelManifest;
}

const MAX_TRAINING_RUNS = 500;
const MAX_RESOLVED_ALERTS = 200;
/** Days of summaries that are kept of a zone. */
const MAX_SUMMARIES = 35;

/** What the service shows of the log: the latest of everything, and the recent nowcasts for those who resume. */
export class ViewState {
  readonly ring: FrameRing;
  readonly operatorForecasts = new OperatorForecasts();
  private head = -1;
  private readonly latest = new Map<string, FeedFrame>();
  private readonly demandByZone = new Map<string, DemandObservation>();
  private readonly modelByVersion = new Map<string, ModelSummary>();
  private readonly accuracyByKey = new Map<string, Accuracy>();
  private readonly openAlerts = new Map<string, Alert>();
  private readonly resolved: Alert[] = [];
  private readonly runById = new Map<string, TrainingRun>();
  private readonly qualityByRule = new Map<string, number>();
  private readonly qualityByDay = new Map<string, Map<string, QualitySummary>>();

  constructor(ringMaxBytes: number) {
    this.ring = new FrameRing(ringMaxBytes);
  }

  /** Offset of the newest nowcast seen; -1 before the first. */
  get seq(): number {
    return this.head;
  }

  /** The nowcasts topic is followed from this offset on; nothing before it is in the ring. */
  startAt(offset: number): void {
    this.head = Math.max(this.head, offset - 1);
    this.ring.reset(offset);
  }

  /** Moves past a record of the nowcasts topic that could not be read. */
  skipTo(offset: number): void {
    this.head = Math.max(this.head, offset);
  }

  addNowcast(offset: number, nowcast: Nowcast, recordBytes: number): FeedFrame {
    const frame = new FeedFrame(offset, nowcast, recordBytes);
    this.head = Math.max(this.head, offset);
    this.ring.push(frame);
    const current = this.latest.get(nowcast.zone);
    if (current === undefined || frame.supersedes(current)) this.latest.set(nowcast.zone, frame);
    return frame;
  }

  addDemand(demand: DemandObservation): void {
    const current = this.demandByZone.get(demand.zone);
    if (current === undefined || isNewerDemand(demand, current)) this.demandByZone.set(demand.zone, demand);
  }

  addModel(record: ModelRecord): ModelSummary {
    const { version, status, statusAt, statusReason, signature, manifest } = record;
    const summary = { version, status, statusAt, statusReason, keyId: signature.keyId, manifest };
    // In the order of the log, which decides what serves.
    this.modelByVersion.delete(version);
    this.modelByVersion.set(version, summary);
    return summary;
  }

  removeModel(version: string): void {
    this.modelByVersion.delete(version);
  }

  /** @returns false for the correction of a score of before: it is no news */
  addAccuracy(accuracy: Accuracy): boolean {
    const key = `${accuracy.zone}\u0000${accuracy.window}\u0000${accuracy.horizonMinutes}`;
    const current = this.accuracyByKey.get(key);
    if (current !== undefined && Date.parse(accuracy.at) < Date.parse(current.at)) return false;
    this.accuracyByKey.set(key, accuracy);
    return true;
  }

  addAlert(alert: Alert): void {
    if (alert.state === 'raised') {
      this.openAlerts.set(alert.id, alert);
      return;
    }
    this.openAlerts.delete(alert.id);
    this.resolved.push(alert);
    if (this.resolved.length > MAX_RESOLVED_ALERTS) this.resolved.shift();
  }

  addTrainingRun(run: TrainingRun): void {
    this.runById.delete(run.id);
    this.runById.set(run.id, run);
    const [oldest] = this.runById.keys();
    if (this.runById.size > MAX_TRAINING_RUNS && oldest !== undefined) this.runById.delete(oldest);
  }

  addQualityEvent(event: QualityEvent): void {
    this.qualityByRule.set(event.rule, (this.qualityByRule.get(event.rule) ?? 0) + 1);
  }

  addQualitySummary(summary: QualitySummary): void {
    const days = this.qualityByDay.get(summary.zone) ?? new Map<string, QualitySummary>();
    this.qualityByDay.set(summary.zone, days.set(summary.day, summary));
    if (days.size <= MAX_SUMMARIES) return;
    const [oldest] = [...days.keys()].sort();
    if (oldest !== undefined) days.delete(oldest);
  }

  /** Daily summaries of a zone's data quality, newest first. */
  qualitySummaries(zone: string): QualitySummary[] {
    const days = [...(this.qualityByDay.get(zone)?.values() ?? [])];
    return days.sort((a, b) => (a.day < b.day ? 1 : -1));
  }

  /** Latest nowcast by zone. */
  get nowcasts(): ReadonlyMap<string, FeedFrame> {
    return this.latest;
  }

  /** Newest demand interval by zone. */
  get demand(): ReadonlyMap<string, DemandObservation> {
    return this.demandByZone;
  }

  get models(): ReadonlyMap<string, ModelSummary> {
    return this.modelByVersion;
  }

  get qualityEvents(): ReadonlyMap<string, number> {
    return this.qualityByRule;
  }

  get trainingRuns(): ReadonlyMap<string, TrainingRun> {
    return this.runById;
  }

  accuracy(): Iterable<Accuracy> {
    return this.accuracyByKey.values();
  }

  alertsRaised(): Iterable<Alert> {
    return this.openAlerts.values();
  }

  alertsResolved(): readonly Alert[] {
    return this.resolved;
  }

  /** Zones that data was seen of, in no order. */
  zonesSeen(): Set<string> {
    return new Set([...this.latest.keys(), ...this.demandByZone.keys()]);
  }

  /** The promoted version of each zone; of several, the one whose record stands last in the log. */
  serving(): Map<string, ModelSummary> {
    const byZone = new Map<string, ModelSummary>();
    for (const model of this.modelByVersion.values()) {
      if (model.status !== 'promoted') continue;
      for (const zone of model.manifest.zones) byZone.set(zone, model);
    }
    return byZone;
  }
}

function isNewerDemand(demand: DemandObservation, current: DemandObservation): boolean {
  const ahead = Date.parse(demand.validTime) - Date.parse(current.validTime);
  return ahead > 0 || (ahead === 0 && demand.revision >= current.revision);
}
