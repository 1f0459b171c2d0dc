import {
  call,
  type Code,
  countUp,
  i32,
  i64,
  loopWhile,
  memory,
  RETURN,
  type Variable,
  type WasmFunction,
  wasmFunction,
  when,
} from './assembler.js';
import { BIN_BYTES, COMMAND, CONTROL, GROUP, JOB, PART } from './layout.js';

/** Places of the functions in the module, for calls. */
export interface Places {
  readonly accumulate: number;
  readonly subtract: number;
  readonly pack: number;
  readonly scan: number;
  readonly work: number;
  readonly waitFor: number;
}

/**
 * work(command, job, part): does the share of one thread: packs the bins of its groups of features, or fills their
 * histograms for the smaller leaf, subtracts them from the parent's and searches both, group by group so that a
 * group's histograms stay in the first-level cache.
 */
export function workKernel(binStride: number, places: Places): WasmFunction {
  const groupBytes = GROUP * binStride * BIN_BYTES;
  return wasmFunction(
    'work',
    { command: 'i32', job: 'i32', part: 'i32' },
    { group: 'i32', small: 'i32', large: 'i32', block: 'i32', feature: 'i32', last: 'i32' },
    ({ command, job, part, group, small, large, block, feature, last }) => {
      const field = (offset: number) => i32.load(job.get, offset);
      const ofGroup = (base: number, bytes: Code) => i32.add(field(base), i32.mul(group.get, bytes));
      const variables = { job, part, feature, group };
      return [
        countUp(group, i32.load(part.get, PART.first), i32.load(part.get, PART.last), 1, [
          block.set(ofGroup(JOB.blocks, field(JOB.blockBytes))),
          when(
            i32.eq(command.get, i32.const(COMMAND.pack)),
            [
              call(places.pack, [
                ofGroup(JOB.columns, i32.const(4 * GROUP)),
                block.get,
                i32.shrU(field(JOB.blockBytes), i32.const(3)),
              ]),
            ],
            [
              small.set(ofGroup(JOB.small, i32.const(groupBytes))),
              memory.fill(small.get, i32.const(0), i32.const(groupBytes)),
              call(places.accumulate, [
                block.get,
                small.get,
                field(JOB.rows),
                field(JOB.packed),
                field(JOB.from),
                field(JOB.to),
              ]),
              large.set(ofGroup(JOB.large, i32.const(groupBytes))),
              when(field(JOB.large), [call(places.subtract, [large.get, small.get, i32.const(groupBytes)])]),
              searchGroup(binStride, places, variables, last, small, JOB.smallLeaf, PART.smallSplit),
              searchGroup(binStride, places, variables, last, large, JOB.largeLeaf, PART.largeSplit),
            ],
          ),
        ]),
      ];
    },
  );
}

function searchGroup(
  binStride: number,
  places: Places,
  variables: Record<'job' | 'part' | 'feature' | 'group', Variable>,
  last: Variable,
  histogram: Variable,
  leafField: number,
  splitField: number,
): Code {
  const { job, part, feature, group } = variables;
  const firstOfGroup = i32.mul(group.get, i32.const(GROUP));
  const cuts = i32.load(i32.add(i32.load(job.get, JOB.cuts), i32.shl(feature.get, i32.const(2))));
  const missing = i64.load(i32.add(histogram.get, i32.shl(i32.add(cuts, i32.const(1)), i32.const(3))));
  const scanFrom = (start: Code) =>
    call(places.scan, [
      histogram.get,
      cuts,
      start,
      i32.load(job.get, leafField),
      i32.load(part.get, splitField),
      feature.get,
    ]);
  return when(i32.load(job.get, leafField), [
    last.set(i32.add(firstOfGroup, i32.const(GROUP))),
    when(i32.gtS(last.get, i32.load(job.get, JOB.features)), [last.set(i32.load(job.get, JOB.features))]),
    countUp(feature, firstOfGroup, last.get, 1, [
      scanFrom(i64.const(0)),
      when(i64.ne(missing, i64.const(0)), [scanFrom(missing)]),
      histogram.set(i32.add(histogram.get, i32.const(binStride * BIN_BYTES))),
    ]),
  ]);
}

/** Looks at a word this often before the thread goes to sleep on it: about as long as one leaf takes. */
const LOOKS = 20_000;

/** waitFor(address, old): returns when the word is no longer `old`. */
export function waitForKernel(): WasmFunction {
  return wasmFunction(
    'waitFor',
    { address: 'i32', old: 'i32' },
    { looks: 'i32' },
    ({ address, old, looks }) => {
      const unchanged = i32.eq(i32.atomicLoad(address.get), old.get);
      return [
        loopWhile(unchanged, [
          looks.set(i32.add(looks.get, i32.const(1))),
          when(i32.gtS(looks.get, i32.const(LOOKS)), [memory.wait(address.get, old.get)]),
        ]),
      ];
    },
  );
}

/**
 * helper(part): the life of a helping thread: says that it is there, waits until it is counted in, then waits for work,
 * does its share and says so, until told to end.
 */
export function helperKernel(places: Places): WasmFunction {
  return wasmFunction(
    'helper',
    { part: 'i32' },
    { turn: 'i32', command: 'i32' },
    ({ part, turn, command }) => [
      i32.atomicStore(part.get, i32.const(1), PART.ready),
      memory.notifyAll(i32.add(part.get, i32.const(PART.ready))),
      call(places.waitFor, [i32.add(part.get, i32.const(PART.joined)), i32.const(0)]),
      turn.set(i32.load(part.get, PART.done)),
      loopWhile(i32.const(1), [
        call(places.waitFor, [i32.const(CONTROL.turn), turn.get]),
        turn.set(i32.add(turn.get, i32.const(1))),
        command.set(i32.load(i32.const(CONTROL.command))),
        when(i32.ne(command.get, i32.const(COMMAND.end)), [
          call(places.work, [command.get, i32.load(i32.const(CONTROL.job)), part.get]),
        ]),
        i32.atomicStore(part.get, turn.get, PART.done),
        memory.notifyAll(part.get),
        when(i32.eq(command.get, i32.const(COMMAND.end)), [RETURN]),
      ]),
    ],
  );
}

/** run(command, job): gives work to all helpers, does the caller's own share and returns when all have done theirs. */
export function runKernel(places: Places): WasmFunction {
  return wasmFunction(
    'run',
    { command: 'i32', job: 'i32' },
    { turn: 'i32', part: 'i32', end: 'i32' },
    ({ command, job, turn, part, end }) => {
      const control = (offset: number) => i32.load(i32.const(offset));
      return [
        i32.store(i32.const(CONTROL.command), command.get),
        i32.store(i32.const(CONTROL.job), job.get),
        turn.set(i32.add(control(CONTROL.turn), i32.const(1))),
        i32.atomicStore(i32.const(CONTROL.turn), turn.get),
        when(i32.gtS(control(CONTROL.threads), i32.const(1)), [memory.notifyAll(i32.const(CONTROL.turn))]),
        when(i32.ne(command.get, i32.const(COMMAND.end)), [
          call(places.work, [command.get, job.get, i32.const(CONTROL.parts)]),
        ]),
        end.set(i32.add(i32.const(CONTROL.parts), i32.mul(control(CONTROL.threads), i32.const(PART.bytes)))),
        countUp(part, i32.const(CONTROL.parts + PART.bytes), end.get, PART.bytes, [
          call(places.waitFor, [part.get, i32.sub(turn.get, i32.const(1))]),
        ]),
      ];
    },
  );
}
