import { LiveView } from '../../dist/feed/live-view.js';
import { ActiveModels } from '../../dist/model/active-models.js';
import { openTrustedKeys } from '../../dist/model/signing-keys.js';
import { ModelFollower } from '../../dist/nowcast/model-follower.js';
import { NowcastRunner } from '../../dist/nowcast/runner.js';
import { startStreamRole } from '../../dist/roles/stream-role.js';
import { timed } from '../support/measure.mjs';
import { DAY_MS, encodedChunks } from '../support/simulated.mjs';
import { appendChunk, endsOf, LIVE_FROM_MS, openBenchContext, until } from './bench-context.mjs';

/**
 * Lets a running pipeline work off a backlog of simulated days at full speed: everything is in the log, delivery is held
 * back until the measurement begins. (Appending is measured by the log's own benchmark.)
 * @param {object} options those of openBenchContext, and
 *   days: how much recorded time; whole: with the history sink and the live view, as in a product process;
 *   profiler: `{ start, stop }` around what is measured
 * @returns {Promise<{ seconds: number, cpuSeconds: number, events: number, nowcasts: number }>}
 */
export async function runThroughput({ days, whole, profiler, ...options }) {
  const gate = new Gate();
  const opened = await openBenchContext(options);
  const context = { ...opened, log: gate.before(opened.log) };
  const pipeline = whole ? await startWhole(context) : await startStreamAlone(context);
  try {
    await pipeline.settled();
    const [before] = await endsOf(context, ['nowcasts']);
    const chunks = encodedChunks(context.codec, LIVE_FROM_MS, LIVE_FROM_MS + days * DAY_MS);
    const events = chunks.flat().reduce((sum, { records }) => sum + records.length, 0);
    gate.shut();
    for (const chunk of chunks) await appendChunk(context, chunk);
    await profiler?.start();
    const cost = await timed(async () => {
      gate.open();
      await pipeline.settled();
    });
    await profiler?.stop();
    const [after] = await endsOf(context, ['nowcasts']);
    await requireModelMade(context, before.offset, after.offset);
    return { ...cost, events, nowcasts: after.offset - before.offset };
  } finally {
    await pipeline.close();
    await opened.discard();
  }
}

/** Holds back what a log delivers to its subscriptions. */
class Gate {
  #opened = Promise.resolve();
  #release = () => {};

  shut() {
    this.#opened = new Promise((resolve) => (this.#release = resolve));
  }

  open() {
    this.#release();
  }

  before(log) {
    const subscribe = (options) =>
      log.subscribe({
        ...options,
        onBatch: async (batch) => {
          await this.#opened;
          return options.onBatch(batch);
        },
      });
    return new Proxy(log, {
      get: (target, name) => {
        if (name === 'subscribe') return subscribe;
        const member = target[name];
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  }
}

/** Follower and runner alone: inputs in, nowcasts out. */
async function startStreamAlone(context) {
  const { log, codec } = context;
  const models = new ActiveModels(openTrustedKeys(context.config));
  const follower = new ModelFollower({
    log,
    codec,
    models,
    onChange: ({ outcome, reason }) => {
      if (outcome === 'refused') throw new Error(reason);
    },
    onUndecodable: (_batch, _offset, _code, message) => fail(new Error(message)),
    onError: fail,
  });
  const runner = new NowcastRunner({
    ...context,
    models,
    scoring: { accuracy: context.config.accuracy, limitsOf: () => context.config.alerts },
    emitSinceMs: LIVE_FROM_MS,
    onState: () => {},
    onFatal: fail,
  });
  await follower.start();
  await runner.start();
  return {
    settled: async () => {
      const ends = await endsOf(context);
      await until(() => runner.hasReached(ends));
    },
    close: async () => {
      await runner.close();
      await follower.close();
      await models.close();
    },
  };
}

/** Everything that a product process does for a nowcast but serving it: stream, history and live view. */
async function startWhole(context) {
  const { log, codec } = context;
  const stream = await startStreamRole(context, { live: false, emitSinceMs: LIVE_FROM_MS, onFatal: fail });
  const view = new LiveView({ log, codec, onError: fail });
  await view.start();
  return {
    settled: async () => {
      const inputs = await endsOf(context);
      await until(() => stream.hasNowcast(inputs));
      const all = await endsOf(context, ['demand.observed', 'weather.observed', 'nowcasts', 'accuracy']);
      const { offset: seq } = all.find(({ topic }) => topic === 'nowcasts');
      await until(() => stream.hasRecorded(all) && view.state.seq >= seq - 1);
    },
    close: async () => {
      await view.close();
      await stream.close();
    },
  };
}

/** A fallback costs less than a model: figures of anything but model-made nowcasts would flatter. */
async function requireModelMade({ log, codec }, from, to) {
  for await (const { records } of log.read('nowcasts', 0, from, to)) {
    for (const { value } of records) {
      const { ok, value: nowcast } = codec.decode('nowcasts', value);
      if (ok && nowcast.quality === 'ok') continue;
      throw new Error(`a nowcast was not made by the model: ${ok ? nowcast.reasons.join() : 'undecodable'}`);
    }
  }
}

function fail(error) {
  throw error;
}
