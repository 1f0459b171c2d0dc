import {
  call,
  type Code,
  f32,
  f32x4,
  i32,
  i32x4,
  i64,
  i64x2,
  loopWhile,
  RETURN,
  v128,
  type Variable,
  type WasmFunction,
  wasmFunction,
  when,
} from './assembler.js';
import { BIN_BYTES, LEAF, SPLIT } from './layout.js';

/**
 * Which of two scores is larger is decided by these very float32 numbers; only to skip blocks of bins without a
 * division does the search compare products, with this much to spare for their rounding. So a skipped bin is never the
 * best, and the result does not depend on what was searched before (nor on how features are spread over threads).
 */
const SLACK = 1 - 2 ** -20;

const EVEN_WORDS = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];
const ODD_WORDS = EVEN_WORDS.map((byte) => byte + 4);
/** [0, low half of b], with a = 0. */
const SHIFT_UP = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const HIGH_TWICE = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];

/**
 * improve(scores, low, high, bin, cuts, leaf, split, feature, missingLeft): takes over the best of four bins if it
 * beats the best so far, is a cut and leaves both sides enough rows. `low` and `high` are the packed sums to the left.
 */
export function improveKernel(): WasmFunction {
  return wasmFunction(
    'improve',
    {
      scores: 'v128',
      low: 'v128',
      high: 'v128',
      bin: 'i32',
      cuts: 'i32',
      leaf: 'i32',
      split: 'i32',
      feature: 'i32',
      missingLeft: 'i32',
    },
    { packed: 'i64', score: 'f32' },
    ({ scores, low, high, bin, cuts, leaf, split, feature, missingLeft, packed, score }) =>
      [0, 1, 2, 3].flatMap((lane) => [
        packed.set(i64x2.extract(lane < 2 ? low.get : high.get, lane % 2)),
        score.set(f32x4.extract(scores.get, lane)),
        when(
          i32.and(
            i32.and(
              f32.gt(score.get, f32.load(split.get, SPLIT.score)),
              i32.ltS(i32.add(bin.get, i32.const(lane)), cuts.get),
            ),
            i32.and(
              i64.geS(packed.get, i64.load(leaf.get, LEAF.enough)),
              i64.ltS(packed.get, i64.load(leaf.get, LEAF.tooMuch)),
            ),
          ),
          [
            f32.store(split.get, score.get, SPLIT.score),
            i32.store(split.get, feature.get, SPLIT.feature),
            i32.store(split.get, i32.add(bin.get, i32.const(lane)), SPLIT.bin),
            i32.store(split.get, missingLeft.get, SPLIT.missingLeft),
          ],
        ),
      ]),
  );
}

/**
 * scan(histogram, cuts, missing, leaf, split, feature): tries every cut of one feature; `missing` is the packed sum of
 * missing values when they go left, else 0.
 *
 * With L, R, T = L + R the sums of gradients, a, b the weights of both sides plus lambda, s = a + b = n + 2 lambda:
 *   L^2/a + R^2/b - T^2/(n + lambda)  =  s (L - a T/s)^2 / (a b)  -  (a constant of the leaf)
 * (Chen & Guestrin 2016, eq. 7, rearranged), so cuts are compared by (L - slope a)^2 / (a b). Nothing large cancels in
 * it, which lets float32 do: four bins at a time, sums of histograms being exact integers before.
 */
export function scanKernel(improve: number): WasmFunction {
  return wasmFunction(
    'scan',
    { histogram: 'i32', cuts: 'i32', missing: 'i64', leaf: 'i32', split: 'i32', feature: 'i32' },
    {
      bin: 'i32',
      before: 'i64',
      after: 'i64',
      enough: 'i64',
      tooMuch: 'i64',
      low: 'v128',
      high: 'v128',
      sums: 'v128',
      weights: 'v128',
      top: 'v128',
      bottom: 'v128',
      slope: 'v128',
      size: 'v128',
      lambda: 'v128',
      best: 'v128',
    },
    (v) => {
      const { histogram, cuts, missing, leaf, split, feature, bin, before, after, enough, tooMuch } = v;
      const { low, high, sums, weights, top, bottom, slope, size, lambda, best } = v;
      const leafField = (offset: number) => f32x4.splat(f32.load(leaf.get, offset));
      const readBest = best.set(f32x4.splat(f32.mul(f32.load(split.get, SPLIT.score), f32.const(SLACK))));
      const both = sums;
      return [
        slope.set(leafField(LEAF.slope)),
        size.set(leafField(LEAF.size)),
        lambda.set(leafField(LEAF.lambda)),
        enough.set(i64.load(leaf.get, LEAF.enough)),
        tooMuch.set(i64.load(leaf.get, LEAF.tooMuch)),
        readBest,
        after.set(missing.get),
        loopWhile(i32.ltS(bin.get, cuts.get), [
          before.set(after.get),
          when(i64.geS(before.get, tooMuch.get), [RETURN]),
          low.set(v128.load(histogram.get)),
          high.set(v128.load(histogram.get, 2 * BIN_BYTES)),
          both.set(i64x2.add(low.get, high.get)),
          after.set(i64.add(before.get, i64.add(i64x2.extract(both.get, 0), i64x2.extract(both.get, 1)))),
          when(i64.geS(after.get, enough.get), [
            ...prefixSums(low, high, before),
            sums.set(v128.shuffle(low.get, high.get, EVEN_WORDS)),
            // A negative sum has borrowed one from the weight above it.
            weights.set(
              i32x4.sub(v128.shuffle(low.get, high.get, ODD_WORDS), i32x4.shrS(sums.get, i32.const(31))),
            ),
            weights.set(f32x4.add(f32x4.convertS(weights.get), lambda.get)),
            top.set(f32x4.sub(f32x4.convertS(sums.get), f32x4.mul(slope.get, weights.get))),
            top.set(f32x4.mul(top.get, top.get)),
            bottom.set(f32x4.mul(weights.get, f32x4.sub(size.get, weights.get))),
            when(v128.anyTrue(f32x4.gt(top.get, f32x4.mul(best.get, bottom.get))), [
              call(improve, [
                f32x4.div(top.get, bottom.get),
                low.get,
                high.get,
                bin.get,
                cuts.get,
                leaf.get,
                split.get,
                feature.get,
                i64.ne(missing.get, i64.const(0)),
              ]),
              readBest,
            ]),
          ]),
          bin.set(i32.add(bin.get, i32.const(4))),
          histogram.set(i32.add(histogram.get, i32.const(4 * BIN_BYTES))),
        ]),
      ];
    },
  );
}

/** Turns four bins (two vectors) into the sums up to and with each of them, `before` being the sum of all earlier ones. */
function prefixSums(low: Variable, high: Variable, before: Variable): Code[] {
  const withFirst = (vector: Variable) =>
    i64x2.add(vector.get, v128.shuffle(v128.zero, vector.get, SHIFT_UP));
  return [
    low.set(i64x2.add(withFirst(low), i64x2.splat(before.get))),
    high.set(i64x2.add(withFirst(high), v128.shuffle(low.get, low.get, HIGH_TWICE))),
  ];
}
