import { alertLimitsOf } from '../config/alert-settings.js';
import { bandQuantilesOf } from '../config/band-settings.js';
import { deadLetter } from '../nowcast/intake.js';
import { DeadLetterBox } from '../nowcast/dead-letter-box.js';
import { ModelFollower } from '../nowcast/model-follower.js';
import { NowcastRunner } from '../nowcast/runner.js';
import { ActiveModels, type ModelChange } from '../model/active-models.js';
import { HeldOutErrors } from '../model/held-out-errors.js';
import { openTrustedKeys } from '../model/signing-keys.js';
import { HistorySink } from '../history/history-sink.js';
import { OperatorScorer } from '../history/operator-scorer.js';
import { PipelineSampler } from '../history/pipeline-sampler.js';
import type { PartitionOffset, RecordBatch } from '../log/event-log.js';
import { messageOf } from '../contracts/errors.js';
import type { RoleContext } from './context.js';

export interface StreamRoleOptions {
  /** For a log that was never streamed: emit only for inputs available from then on. */
  readonly emitSinceMs?: number;
  /** Look for late data by the clock; false where time is that of recorded events. */
  readonly live: boolean;
  /** How often late data is looked for; by default each 5 s where the role is live, never otherwise. */
  readonly tickEveryMs?: number;
  /** Begin on hold, until `release`. */
  readonly held?: boolean;
  readonly onFatal: (error: unknown) => void;
}

export interface StreamRole {
  /** Nothing is worked off until `release`; what several topics get meanwhile is met at once, in event time. */
  hold(): Promise<void>;
  release(): void;
  /** True once inputs below these offsets are worked off and their nowcasts durable. */
  hasNowcast(targets: readonly PartitionOffset[]): boolean;
  /** True once everything below these offsets is in the history. */
  hasRecorded(targets: readonly PartitionOffset[]): boolean;
  /** Versions that serve, by zone. */
  activeVersions(): ReadonlyMap<string, string>;
  /** True once every record of the models topic below these offsets has been applied (or refused). */
  hasAppliedModels(targets: readonly PartitionOffset[]): boolean;
  close(): Promise<void>;
}

const TICK_EVERY_MS = 5_000;

/** The stream role: models in, nowcasts out, and the history written behind. */
export async function startStreamRole(context: RoleContext, options: StreamRoleOptions): Promise<StreamRole> {
  const { log, codec, health, logger, history, metrics } = context;
  const models = new ActiveModels(openTrustedKeys(context.config));
  const heldOut = new HeldOutErrors();
  const follower = startFollower(context, { models, heldOut }, options.onFatal);
  const sink = new HistorySink({
    log,
    codec,
    history,
    onState: (ok, detail) => {
      health.report('history', { ok, detail });
      if (!ok) logger.warn(`history: ${detail}`);
    },
    onSkipped: (topic, offset, message) => {
      logger.warn({ topic, offset }, `history skips a record: ${message}`);
    },
    onError: options.onFatal,
  });
  const tickEveryMs = options.tickEveryMs ?? (options.live ? TICK_EVERY_MS : undefined);
  const runner = new NowcastRunner({
    log,
    codec,
    models,
    profiles: context.profiles,
    metrics,
    logger,
    scoring: {
      accuracy: context.config.accuracy,
      limitsOf: (zone) => alertLimitsOf(context.config, zone),
      heldOutErrorOf: (version, horizonMinutes) => heldOut.errorOf(version, horizonMinutes),
    },
    quantilesOf: (zone) => bandQuantilesOf(context.config, zone),
    now: context.now,
    ...(options.emitSinceMs === undefined ? {} : { emitSinceMs: options.emitSinceMs }),
    ...(tickEveryMs === undefined ? {} : { tickEveryMs }),
    ...(options.held === undefined ? {} : { held: options.held }),
    onState: (ok, detail) => {
      health.report('stream', { ok, detail });
    },
    onFatal: options.onFatal,
  });
  await follower.start();
  await runner.start();
  // A history that is away must not keep the stream from starting; the sink waits for it by itself.
  const sinkStarted = sink.start().catch(options.onFatal);
  const sampler = new PipelineSampler({
    metrics,
    history,
    now: context.now,
    onLost: (message) => {
      logger.debug(message);
    },
  });
  sampler.start();
  const scorer = startOperatorScorer(context);
  return {
    hold: () => runner.hold(),
    release: () => {
      runner.release();
    },
    hasNowcast: (targets) => runner.hasReached(targets),
    hasRecorded: (targets) => sink.hasReached(targets),
    activeVersions: () => models.versions(),
    hasAppliedModels: (targets) => follower.hasApplied(targets),
    close: async () => {
      await sampler.close();
      await scorer?.close();
      await runner.close();
      await sink.close();
      await sinkStarted;
      await follower.close();
      await models.close();
    },
  };
}

/** Only where dashboards read the history. */
function startOperatorScorer({ history, profiles, logger }: RoleContext): OperatorScorer | null {
  if (history.kind !== 'influx') return null;
  const scorer = new OperatorScorer({
    history,
    zones: () => profiles.zones,
    profileOf: (zone) => profiles.profile(zone),
    onLost: (message) => {
      logger.debug(message);
    },
  });
  scorer.start();
  return scorer;
}

function startFollower(
  context: RoleContext,
  followed: { readonly models: ActiveModels; readonly heldOut: HeldOutErrors },
  onError: (error: unknown) => void,
): ModelFollower {
  const { log, codec, logger, metrics } = context;
  const deadLetters = new DeadLetterBox({ log, codec, metrics, logger, retry: (action) => action() });
  return new ModelFollower({
    log,
    codec,
    ...followed,
    onChange: noteChanges(context),
    onUndecodable: (batch, offset, code, message) => {
      setAside(deadLetters, batch, offset, code, message, context).catch((error: unknown) => {
        logger.error({ error: messageOf(error) }, 'could not write a dead letter');
      });
    },
    onError,
  });
}

async function setAside(
  box: DeadLetterBox,
  batch: RecordBatch,
  offset: number,
  code: string,
  message: string,
  { now }: RoleContext,
): Promise<void> {
  const record = batch.records.find((candidate) => candidate.offset === offset);
  if (record !== undefined) await box.put([deadLetter(batch, record, code, message, now())]);
}

type NotedChange = Exclude<ModelChange, { outcome: 'none' }>;

/** Logs each change and keeps one series a zone in the model metric. */
function noteChanges({ logger, metrics }: RoleContext): (change: NotedChange) => void {
  const shown = new Map<string, string>();
  return (change) => {
    const { version, zones, outcome } = change;
    if (outcome === 'refused') {
      logger.error({ version, zones }, `${change.reason}; the model before it goes on`);
      return;
    }
    logger.info({ version, zones }, outcome === 'activated' ? 'model swapped in' : 'model withdrawn');
    for (const zone of zones) {
      const before = shown.get(zone);
      if (before !== undefined) metrics.modelInfo.remove({ zone, version: before });
      shown.delete(zone);
      if (outcome !== 'activated') continue;
      shown.set(zone, version);
      metrics.modelInfo.set({ zone, version }, 1);
    }
  };
}
