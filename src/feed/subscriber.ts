import type { EventLog } from '../log/event-log.js';
import type { SchemaCodec } from '../log/schema-codec.js';
import type { Audience } from './audience.js';
import type { FeedConnection } from './connection.js';
import type { FeedFrame } from './frame.js';
import type { LiveView } from './live-view.js';
import { encodeSnapshot, encodeSubscribed } from './protocol.js';
import { isResumable, reaches, readMissed, wants, type ResumeLimits } from './resume.js';
import type { FeedSubscription, ResumePoint } from './session.js';
import { Turnstile } from './turnstile.js';

/** When a gateway comes back all its clients resume at once; what each reads back is held in memory meanwhile. */
const LOG_RESUMES_AT_ONCE = 4;

export interface SubscriberOptions {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly view: LiveView;
  readonly limits: ResumeLimits;
  readonly onError: (error: unknown) => void;
}

/**
 * Brings a subscription from its start to live. The last step (snapshot or missed nowcasts, then joining the
 * audience) is one synchronous piece, and so is every batch of the view: nothing can fall between or come twice.
 */
export class Subscriber {
  private readonly logResumes = new Turnstile(LOG_RESUMES_AT_ONCE);

  constructor(
    private readonly options: SubscriberOptions,
    private readonly audience: Audience<FeedConnection>,
  ) {}

  subscribe(client: FeedConnection, subscription: FeedSubscription, resume: ResumePoint | null): void {
    this.unsubscribe(client, subscription.id);
    if (resume === null || resume.epoch !== this.options.view.epoch) this.startFresh(client, subscription);
    else if (isResumable(this.options.view, resume)) this.resume(client, subscription, resume.seq);
    else {
      client.resuming.set(subscription.id, { subscription, seq: resume.seq });
      void this.resumeWhenReached(client, subscription, resume.seq);
    }
  }

  private resume(client: FeedConnection, subscription: FeedSubscription, seq: number): void {
    const missed = this.options.view.state.ring.after(seq);
    if (missed !== null) {
      this.continueFrom(client, subscription, seq, missed);
      return;
    }
    client.resuming.set(subscription.id, { subscription, seq });
    void this.resumeFromLog(client, subscription, seq);
  }

  /** The client was on a gateway that had read further than this one. */
  private async resumeWhenReached(
    client: FeedConnection,
    subscription: FeedSubscription,
    seq: number,
  ): Promise<void> {
    const reached = await reaches(this.options, seq, this.options.limits).catch((error: unknown) => {
      this.options.onError(error);
      return false;
    });
    if (!this.stillResuming(client, subscription)) return;
    client.resuming.delete(subscription.id);
    if (reached) this.resume(client, subscription, seq);
    else this.startFresh(client, subscription);
  }

  /** It may have been replaced, ended, or closed while something was waited for. */
  private stillResuming(client: FeedConnection, subscription: FeedSubscription): boolean {
    return client.open && client.resuming.get(subscription.id)?.subscription === subscription;
  }

  unsubscribe(client: FeedConnection, id: string): void {
    client.resuming.delete(id);
    const subscription = client.live.get(id);
    if (subscription === undefined) return;
    client.live.delete(id);
    this.audience.remove(client, subscription);
  }

  leave(client: FeedConnection): void {
    for (const id of [...client.live.keys(), ...client.resuming.keys()]) this.unsubscribe(client, id);
  }

  private resumeFromLog(
    client: FeedConnection,
    subscription: FeedSubscription,
    afterSeq: number,
  ): Promise<void> {
    return this.logResumes.run(() => this.readAndContinue(client, subscription, afterSeq));
  }

  private async readAndContinue(
    client: FeedConnection,
    subscription: FeedSubscription,
    afterSeq: number,
  ): Promise<void> {
    // It may have left while it waited for its turn.
    if (!this.stillResuming(client, subscription)) return;
    const { view, limits, onError } = this.options;
    const missed = await readMissed(this.options, subscription, afterSeq, limits).catch((error: unknown) => {
      onError(error);
      return null;
    });
    if (!this.stillResuming(client, subscription)) return;
    client.resuming.delete(subscription.id);
    const recent = missed === null ? null : view.state.ring.after(missed.upTo);
    if (missed === null || recent === null) this.startFresh(client, subscription);
    else this.continueFrom(client, subscription, afterSeq, [...missed.frames, ...recent]);
  }

  private continueFrom(
    client: FeedConnection,
    subscription: FeedSubscription,
    seq: number,
    missed: readonly FeedFrame[],
  ): void {
    const { id } = subscription;
    client.cork();
    client.flush(true);
    client.sendNow(encodeSubscribed({ id, epoch: this.options.view.epoch, seq, recovered: true }));
    for (const frame of missed) {
      if (!wants(subscription, frame.zone)) continue;
      const message = frame.messageOf(subscription.view);
      if (message !== null) client.sendNow(message);
    }
    this.join(client, subscription);
  }

  private startFresh(client: FeedConnection, subscription: FeedSubscription): void {
    const { view } = this.options;
    const { id } = subscription;
    const { seq } = view.state;
    client.cork();
    client.flush(true);
    client.sendNow(encodeSubscribed({ id, epoch: view.epoch, seq, recovered: false }));
    client.sendNow(encodeSnapshot(id, seq, this.latest(subscription)));
    this.join(client, subscription);
  }

  private join(client: FeedConnection, subscription: FeedSubscription): void {
    client.live.set(subscription.id, subscription);
    this.audience.add(client, subscription);
    client.uncork();
  }

  private latest(subscription: FeedSubscription): string[] {
    const { nowcasts } = this.options.view.state;
    const json: string[] = [];
    for (const zone of subscription.zones ?? nowcasts.keys()) {
      const one = nowcasts.get(zone)?.jsonOf(subscription.view);
      if (one !== undefined && one !== null) json.push(one);
    }
    return json;
  }
}
