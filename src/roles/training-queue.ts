import { messageOf } from '../contracts/errors.js';
import type { TrainingRun } from '../contracts/records.js';
import type { ZoneRequest, ZoneTrainingOutcome } from '../train/trainer.js';

type Kind = TrainingRun['kind'];

/** A zone that wants training. */
export interface TrainingJob {
  readonly zone: string;
  readonly kind: Kind;
  readonly ids: readonly string[];
  readonly requestedBy: string;
}

/** Trains zones of one kind together; every zone it is given comes to an end in the log. */
export type TrainBatch = (
  kind: Kind,
  requests: ReadonlyMap<string, ZoneRequest>,
) => Promise<readonly ZoneTrainingOutcome[]>;

/** What is trained first. A deep training takes long, so others go before it. */
const URGENCY: readonly Kind[] = ['initial', 'demand', 'drift', 'daily', 'weekly'];
/** What stays of two kinds that are put together: the one that does more, or that cannot be passed over. */
const STRENGTH: readonly Kind[] = ['weekly', 'initial', 'demand', 'daily', 'drift'];

/**
 * What waits for training in this process: one entry a zone, however many requests ask for it; trainings run one batch
 * after another. Nothing in it can throw into the service.
 */
export class TrainingQueue {
  private readonly waiting = new Map<string, TrainingJob>();
  private running: Promise<void> | null = null;
  /** What is being worked on. */
  private batch: readonly TrainingJob[] = [];
  private closed = false;

  /**
   * @param deepAtOnce how many deep trainings make a batch: others need not wait for all of them
   * @param onEnded called after each batch with the requests that it answered
   */
  constructor(
    private readonly train: TrainBatch,
    private readonly deepAtOnce: number,
    private readonly onError: (message: string) => void,
    private readonly onEnded: () => Promise<void> = () => Promise.resolve(),
  ) {}

  add(job: TrainingJob): void {
    if (this.closed) return;
    const before = this.waiting.get(job.zone);
    this.waiting.set(job.zone, before === undefined ? job : together(before, job));
    this.running ??= this.work();
  }

  /**
   * True while a request waits or is being worked on.
   * @param zone only for this zone
   */
  isOpen(requestId: string, zone?: string): boolean {
    return [...this.batch, ...this.waiting.values()].some(
      (job) => job.ids.includes(requestId) && (zone === undefined || job.zone === zone),
    );
  }

  /** Resolves when nothing waits or runs. */
  async idle(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  /** Takes nothing more, begins nothing more and waits for the batch that runs. */
  async close(): Promise<void> {
    this.closed = true;
    this.waiting.clear();
    await this.idle();
  }

  private async work(): Promise<void> {
    // Requests that arrive together are worked off together.
    await Promise.resolve();
    for (let batch = this.take(); batch !== null; batch = this.take()) {
      this.batch = batch.jobs;
      try {
        await this.train(
          batch.kind,
          new Map(batch.jobs.map(({ zone, ids, requestedBy }) => [zone, { ids, requestedBy }])),
        );
      } catch (error) {
        this.onError(`training (${batch.kind}) could not run: ${messageOf(error)}`);
      }
      this.batch = [];
      await this.onEnded().catch((error: unknown) => this.onError(messageOf(error)));
    }
    this.running = null;
  }

  private take(): { kind: Kind; jobs: TrainingJob[] } | null {
    const kind = URGENCY.find((one) => [...this.waiting.values()].some((job) => job.kind === one));
    if (kind === undefined) return null;
    const ofKind = [...this.waiting.values()].filter((job) => job.kind === kind);
    const jobs = kind === 'weekly' ? ofKind.slice(0, this.deepAtOnce) : ofKind;
    for (const { zone } of jobs) this.waiting.delete(zone);
    return { kind, jobs };
  }
}

/** One training that does what both asked for. */
function together(a: TrainingJob, b: TrainingJob): TrainingJob {
  const kind = STRENGTH.indexOf(a.kind) <= STRENGTH.indexOf(b.kind) ? a.kind : b.kind;
  const requestedBy = [...new Set([a.requestedBy, b.requestedBy])].join(', ');
  return { zone: a.zone, kind, ids: [...new Set([...a.ids, ...b.ids])], requestedBy };
}
