import type { TrainingRun } from '../../contracts/records.js';
import type { EventLog } from '../../log/event-log.js';
import type { SchemaCodec } from '../../log/schema-codec.js';
import type { ScheduledKind, ZoneTrainingHistory } from './schedule.js';

/** How often a training is begun again after its trainer ended in the middle of it. */
export const MAX_ATTEMPTS = 3;
/** Code at the start of the error of a run whose trainer ended or was told to stop. */
export const INTERRUPTED = 'TRAINING_INTERRUPTED';

/** A run that has not finished. */
export interface OpenRun {
  readonly run: TrainingRun;
  /** Offset of its first record: who stands first in line trains. */
  readonly ticket: number;
  /** Monotonic time at which its latest record was read here. */
  readonly seenAtMs: number;
}

interface ZoneRuns {
  firstStartedMs: number | null;
  readonly lastStartedMs: Map<TrainingRun['kind'], number>;
  lastFinishedMs: number | null;
  /** Offset of the last success; -1 before the first. */
  lastSuccess: number;
}

const FINISHED_KEPT = 10_000;
const ANSWERED_KEPT = 100_000;

/**
 * What `training.runs` says, followed as far as it was read last: which runs are open and in which order they were
 * entered, which requests were answered, and when each zone was trained. Every trainer reads the same order.
 */
export class RunBook {
  private readonly positions = new Map<number, number>();
  private readonly openById = new Map<string, OpenRun>();
  private readonly finishedIds = new Set<string>();
  private readonly zones = new Map<string, ZoneRuns>();
  /** `request|zone` to the number of attempts that were interrupted, Infinity once it was answered. */
  private readonly answers = new Map<string, number>();
  private syncing: Promise<void> = Promise.resolve();

  /** @param monotonicMs a clock that only goes forward, for how long ago a record was read */
  constructor(
    private readonly log: EventLog,
    private readonly codec: SchemaCodec,
    private readonly monotonicMs: () => number,
  ) {}

  /** Reads to where the topic stands now. */
  sync(): Promise<void> {
    const turn = this.syncing.then(() => this.readOn());
    this.syncing = turn.catch(() => undefined);
    return turn;
  }

  open(): readonly OpenRun[] {
    return [...this.openById.values()];
  }

  openRun(id: string): OpenRun | undefined {
    return this.openById.get(id);
  }

  /** The open runs of a zone, first in line first. */
  line(zone: string): readonly OpenRun[] {
    return this.open()
      .filter(({ run }) => run.zone === zone)
      .sort((a, b) => a.ticket - b.ticket);
  }

  /** True once a run of the zone finished for this request, or its trainers ended too often in the middle of it. */
  hasAnswered(requestId: string, zone: string): boolean {
    return this.attempts(requestId, zone) >= MAX_ATTEMPTS;
  }

  /** Interrupted attempts at a request; Infinity once it was answered. */
  attempts(requestId: string, zone: string): number {
    return this.answers.get(answerKey(requestId, zone)) ?? 0;
  }

  /** End of the zone's latest training, epoch milliseconds; null before the first. */
  lastFinishedMs(zone: string): number | null {
    return this.zones.get(zone)?.lastFinishedMs ?? null;
  }

  /** Zones that were trained, each with the end of its latest training, epoch milliseconds. */
  lastFinished(): [zone: string, finishedMs: number][] {
    return [...this.zones].flatMap(([zone, { lastFinishedMs }]) =>
      lastFinishedMs === null ? [] : [[zone, lastFinishedMs]],
    );
  }

  /** Offset of the record that said that the zone was trained well; -1 before the first. */
  lastSuccess(zone: string): number {
    return this.zones.get(zone)?.lastSuccess ?? -1;
  }

  history(zone: string): ZoneTrainingHistory {
    const known = this.zones.get(zone);
    return {
      firstStartedMs: known?.firstStartedMs ?? null,
      lastStartedMs: (kind: ScheduledKind) => latestOf(known, kind),
      hasAnswered: (requestId) => this.hasAnswered(requestId, zone),
    };
  }

  private async readOn(): Promise<void> {
    for (const { partition, low, high } of await this.log.watermarks('training.runs')) {
      const from = Math.max(low, this.positions.get(partition) ?? low);
      if (from >= high) continue;
      for await (const { records } of this.log.read('training.runs', partition, from, high)) {
        await this.codec.prepare(records.map(({ value }) => value));
        for (const { offset, value } of records) {
          const decoded = this.codec.decode('training.runs', value);
          if (decoded.ok) this.apply(decoded.value, offset);
          this.positions.set(partition, offset + 1);
        }
      }
      this.positions.set(partition, high);
    }
  }

  private apply(run: TrainingRun, offset: number): void {
    if (run.status === 'queued' || run.status === 'running') {
      // A trainer that was taken for dead may still be renewing: what was closed stays closed.
      if (this.finishedIds.has(run.id)) return;
      const ticket = this.openById.get(run.id)?.ticket ?? offset;
      this.openById.set(run.id, { run, ticket, seenAtMs: this.monotonicMs() });
      return;
    }
    this.openById.delete(run.id);
    this.finishedIds.add(run.id);
    dropOldest(this.finishedIds, FINISHED_KEPT);
    this.noteAnswers(run);
    if (run.status !== 'skipped' && !isInterrupted(run)) this.noteTraining(run, offset);
  }

  private noteAnswers(run: TrainingRun): void {
    for (const requestId of run.requestIds ?? []) {
      const key = answerKey(requestId, run.zone);
      const before = this.answers.get(key) ?? 0;
      this.answers.delete(key);
      this.answers.set(key, isInterrupted(run) ? before + 1 : Number.POSITIVE_INFINITY);
      dropOldest(this.answers, ANSWERED_KEPT);
    }
  }

  private noteTraining(run: TrainingRun, offset: number): void {
    const startedMs = Date.parse(run.startedAt);
    const finishedMs = Date.parse(run.finishedAt ?? run.startedAt);
    const zone: ZoneRuns = this.zones.get(run.zone) ?? {
      firstStartedMs: null,
      lastStartedMs: new Map(),
      lastFinishedMs: null,
      lastSuccess: -1,
    };
    this.zones.set(run.zone, zone);
    zone.firstStartedMs = Math.min(zone.firstStartedMs ?? startedMs, startedMs);
    zone.lastStartedMs.set(run.kind, Math.max(zone.lastStartedMs.get(run.kind) ?? startedMs, startedMs));
    zone.lastFinishedMs = Math.max(zone.lastFinishedMs ?? finishedMs, finishedMs);
    if (run.status === 'succeeded') zone.lastSuccess = offset;
  }
}

/** True for a run that says nothing about its zone: the trainer ended, or was told to. */
export function isInterrupted({ error }: Pick<TrainingRun, 'error'>): boolean {
  return error?.startsWith(INTERRUPTED) ?? false;
}

/** Any training does the work of a daily one; only a weekly one does that of a weekly. */
function latestOf(known: ZoneRuns | undefined, kind: ScheduledKind): number | null {
  if (known === undefined) return null;
  if (kind === 'weekly') return known.lastStartedMs.get('weekly') ?? null;
  const starts = [...known.lastStartedMs.values()];
  return starts.length === 0 ? null : Math.max(...starts);
}

function answerKey(requestId: string, zone: string): string {
  return `${requestId}|${zone}`;
}

function dropOldest(entries: Set<string> | Map<string, unknown>, kept: number): void {
  const [oldest] = entries.keys();
  if (entries.size > kept && oldest !== undefined) entries.delete(oldest);
}
