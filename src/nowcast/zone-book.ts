import type { ScoringRules } from '../accuracy/settings.js';
import { ZoneAccuracy, type HourOfScores } from '../accuracy/zone-accuracy.js';
import type { ZoneProfiles } from '../config/zone-profiles.js';
import { NowcastError } from '../contracts/errors.js';
import { floorToStep, HOUR_MS, MINUTE_MS } from '../contracts/time.js';
import type { InputEvent } from '../features/input-event.js';
import type { ZoneProfile } from '../features/zone-profile.js';
import { BandTracker, type SavedBands } from './band-tracker.js';
import type { CorrectionOf } from './compose.js';
import type { Envelope } from './intake.js';
import type { IssuedColumns } from './issued-columns.js';
import { columnsOf, type IssuedEarlier } from './issued-earlier.js';
import { createZoneStream, ingest, resumeAfter, tick, type ZoneStream } from './step.js';
import type { WorkBatch } from './work-batch.js';

interface ZoneEntry {
  readonly profile: ZoneProfile;
  readonly stream: ZoneStream;
  readonly accuracy: ZoneAccuracy;
  readonly bands: BandTracker;
  /** Hour of the last nowcast that carried the state of the bands. */
  savedHour: number;
  /** Nowcasts of before the restart that are still to be scored, the oldest last. */
  readonly tail: IssuedEarlier[];
}

/** Quantiles that a zone's nowcasts have beside P10, P50 and P90, ascending. */
export type QuantilesOf = (zone: string) => readonly number[];

/** Weather and forecasts of a zone whose step is not known yet are held back, up to this many events. */
const MAX_HELD_EVENTS = 20_000;

/** All zones of this consumer: their streams and their scores. No IO: batches come in, work comes out. */
export class ZoneBook {
  private readonly entries = new Map<string, ZoneEntry>();
  private readonly held = new Map<string, Envelope[]>();
  private tail: ReadonlyMap<string, IssuedEarlier[]> = new Map();

  constructor(
    private readonly profiles: ZoneProfiles,
    private readonly scoring: ScoringRules,
    private readonly quantilesOf: QuantilesOf = () => [],
  ) {}

  /** Forgets everything; the nowcasts issued lately are scored again as their actuals are read back. */
  reset(tail: ReadonlyMap<string, IssuedEarlier[]>): void {
    this.entries.clear();
    this.held.clear();
    this.tail = tail;
  }

  zones(): IterableIterator<string> {
    return this.entries.keys();
  }

  profileOf(zone: string): ZoneProfile | null {
    return this.entries.get(zone)?.profile ?? null;
  }

  /** @returns why the record cannot be used, or null */
  apply(envelope: Envelope, batch: WorkBatch): string | null {
    const { event } = envelope;
    let entry: ZoneEntry | null;
    try {
      entry = this.entries.get(event.zone) ?? this.open(envelope, event, batch);
    } catch (error) {
      // A step that the zone's configured horizons do not fit: one such record must not stop every zone, at each start.
      if (error instanceof NowcastError && error.code === 'CONFIG_INVALID') return error.message;
      throw error;
    }
    if (entry === null) return null;
    const { stepMinutes } = envelope;
    if (stepMinutes !== null && stepMinutes * MINUTE_MS !== entry.profile.stepMs) {
      const known = entry.profile.stepMs / MINUTE_MS;
      return `zone ${event.zone} has a step of ${known} min, this record says ${stepMinutes} min; use another zone name for another series`;
    }
    this.ingest(entry, event, envelope, batch);
    return null;
  }

  /** Re-issues what is late. */
  tick(nowMs: number, receivedAtMs: number, batch: WorkBatch): void {
    for (const [zone, entry] of this.entries) {
      const { stream } = entry;
      this.handOver(entry, nowMs, batch);
      const request = tick(stream, nowMs, batch.bufferOf(zone));
      if (request !== null)
        batch.actions.push({ type: 'nowcast', request, traceparent: undefined, receivedAtMs });
    }
  }

  /** Remembers an issued nowcast for scoring. */
  issued(zone: string, nowcast: IssuedColumns): void {
    const entry = this.entries.get(zone);
    if (entry === undefined) return;
    entry.accuracy.issued(nowcast);
    rememberBands(entry, nowcast);
  }

  /** Scores a nowcast of before a restart. */
  issuedBefore(zone: string, issued: IssuedEarlier): void {
    const entry = this.entries.get(zone);
    if (entry !== undefined) rememberEarlier(entry, issued);
  }

  /** The correction of a zone's bands as it stands now. */
  correctionOf(zone: string): CorrectionOf {
    return (begin, originMs) => this.entries.get(zone)?.bands.correction(begin, originMs) ?? begin();
  }

  /** State of the zone's bands for the first nowcast of each hour to carry, so that a restart goes on from it. */
  bandsToSave(zone: string, originMs: number): SavedBands | null {
    const entry = this.entries.get(zone);
    const hour = Math.floor(originMs / HOUR_MS);
    if (entry === undefined || hour <= entry.savedHour || entry.bands.bands.isNew) return null;
    entry.savedHour = hour;
    return entry.bands.save();
  }

  /** Scores an actual; once an hour of event time the zone's scores are due, otherwise null. */
  observed(zone: string, validTimeMs: number, demandMw: number, asOfMs: number): HourOfScores | null {
    const entry = this.entries.get(zone);
    if (entry === undefined) return null;
    entry.bands.observed(validTimeMs, demandMw);
    return entry.accuracy.observed(validTimeMs, demandMw, asOfMs);
  }

  private open(envelope: Envelope, event: InputEvent, batch: WorkBatch): ZoneEntry | null {
    const step = envelope.stepMinutes ?? this.profiles.configuredStepMinutes(event.zone);
    if (step === null) {
      this.hold(event.zone, envelope);
      return null;
    }
    const profile = this.profiles.profile(event.zone, step);
    const entry: ZoneEntry = {
      profile,
      stream: createZoneStream(profile),
      accuracy: new ZoneAccuracy(profile, this.scoring),
      bands: new BandTracker(profile.stepMs, profile.horizonsMinutes, this.quantilesOf(profile.zone)),
      savedHour: Number.NEGATIVE_INFINITY,
      tail: this.tail.get(profile.zone) ?? [],
    };
    const { zone } = profile;
    this.entries.set(zone, entry);
    const held = this.held.get(zone) ?? [];
    this.held.delete(zone);
    for (const earlier of held) this.ingest(entry, earlier.event, earlier, batch);
    return entry;
  }

  private hold(zone: string, envelope: Envelope): void {
    const held = this.held.get(zone) ?? [];
    held.push(envelope);
    if (held.length > MAX_HELD_EVENTS) held.shift();
    this.held.set(zone, held);
  }

  private ingest(entry: ZoneEntry, event: InputEvent, envelope: Envelope, batch: WorkBatch): void {
    const { emit, trigger, traceparent, receivedAtMs } = envelope;
    const pending = emit ? batch : null;
    this.handOver(entry, event.availableAtMs - 1, pending);
    const { request, findings } = ingest(entry.stream, event, trigger, batch.bufferOf(event.zone), emit);
    if (emit) this.collectFindings(event, findings, batch);
    const report = entry.stream.quality.due(entry.stream.asOfMs);
    if (emit && report !== null)
      batch.quality.push({ ...report, zone: event.zone, asOfMs: entry.stream.asOfMs });
    if (event.type === 'demand' && !findings.some(({ action }) => action === 'quarantined')) {
      const { zone, availableAtMs: asOfMs } = event;
      const validTimeMs = floorToStep(event.validTimeMs, entry.profile.stepMs);
      // What the stream now believes, not what the record says: a redelivered first value undoes no correction.
      const demandMw = entry.stream.state.demandAt(validTimeMs);
      if (emit) batch.actions.push({ type: 'actual', zone, validTimeMs, demandMw, asOfMs });
      else this.observed(zone, validTimeMs, demandMw, asOfMs);
    }
    this.handOver(entry, event.availableAtMs, pending);
    if (request !== null) batch.actions.push({ type: 'nowcast', request, traceparent, receivedAtMs });
  }

  /**
   * Nowcasts issued before the restart take their place again in the order of events: scored against the actuals that
   * come after them, and their revisions never given out twice (late-data re-issues leave no trace in the inputs).
   * @param batch where actuals wait to be scored, too; null while they are scored at once
   */
  private handOver(entry: ZoneEntry, asOfMs: number, batch: WorkBatch | null): void {
    const { tail, stream, profile } = entry;
    for (let next = tail.at(-1); next !== undefined && next.issuedAtMs <= asOfMs; next = tail.at(-1)) {
      tail.pop();
      resumeAfter(stream, next.originMs, next.revision);
      if (batch === null) rememberEarlier(entry, next);
      else batch.actions.push({ type: 'earlier', zone: profile.zone, issued: next });
    }
  }

  private collectFindings(
    event: InputEvent,
    findings: ReturnType<typeof ingest>['findings'],
    batch: WorkBatch,
  ): void {
    const source = event.type === 'demand' ? event.source : event.type;
    for (const finding of findings) {
      batch.findings.push({ ...finding, zone: event.zone, source, detectedAtMs: event.availableAtMs });
    }
  }
}

/** A nowcast of other horizons than the zone has now (its configuration was changed) says nothing of these. */
function rememberBands({ bands, profile }: ZoneEntry, nowcast: IssuedColumns): void {
  const { originMs, horizonsMinutes, mw, p10, p90, quantiles, adjustment, isFromEarlier } = nowcast;
  if (isFromEarlier === true) return;
  const isSame =
    horizonsMinutes.length === profile.horizonsMinutes.length &&
    horizonsMinutes.every((minutes, h) => minutes === profile.horizonsMinutes[h]);
  if (isSame && p10 !== null && p90 !== null) bands.issued({ originMs, mw, p10, p90, quantiles, adjustment });
}

function rememberEarlier(entry: ZoneEntry, issued: IssuedEarlier): void {
  const columns = columnsOf(issued);
  entry.accuracy.issued(columns);
  rememberBands(entry, columns);
  if (issued.bandState !== null) entry.bands.load(issued.bandState);
}
