import {
  type Code,
  countUp,
  i32,
  i64,
  i64x2,
  loopWhile,
  memory,
  v128,
  type WasmFunction,
  wasmFunction,
} from './assembler.js';
import { BIN_BYTES, GROUP } from './layout.js';

/** Byte offset of lane `lane` of a word of eight bins, as an offset into a histogram: bin * BIN_BYTES. */
function binOffset(word: Code, lane: number): Code {
  const shifted =
    lane === 0 ? i32.shl(i32.wrap(word), i32.const(3)) : i32.wrap(i64.shrU(word, i64.const(8 * lane - 3)));
  return i32.and(shifted, i32.const(255 * BIN_BYTES));
}

/**
 * accumulate(block, histogram, rows, packed, from, to): adds rows[from..to) to the histograms of one group of features;
 * from and to count rows. One load, one shift, one mask and one read-add-write a value.
 */
export function accumulateKernel(binStride: number): WasmFunction {
  return wasmFunction(
    'accumulate',
    { block: 'i32', histogram: 'i32', rows: 'i32', packed: 'i32', from: 'i32', to: 'i32' },
    { at: 'i32', word: 'i64', value: 'i64', bin: 'i32' },
    ({ block, histogram, rows, packed, from, to, at, word, value, bin }) => [
      countUp(at, from.get, to.get, 1, [
        word.set(
          i64.load(
            i32.add(
              block.get,
              i32.shl(i32.load(i32.add(rows.get, i32.shl(at.get, i32.const(2)))), i32.const(3)),
            ),
          ),
        ),
        value.set(i64.load(i32.add(packed.get, i32.shl(at.get, i32.const(3))))),
        ...Array.from({ length: GROUP }, (_, lane) => {
          const offset = lane * binStride * BIN_BYTES;
          return [
            ...bin.set(i32.add(histogram.get, binOffset(word.get, lane))),
            ...i64.store(bin.get, i64.add(i64.load(bin.get, offset), value.get), offset),
          ];
        }),
      ]),
    ],
  );
}

/** subtract(parent, child, bytes): parent -= child, whole groups of histograms. */
export function subtractKernel(): WasmFunction {
  return wasmFunction(
    'subtract',
    { parent: 'i32', child: 'i32', bytes: 'i32' },
    { end: 'i32' },
    ({ parent, child, bytes, end }) => [
      end.set(i32.add(parent.get, bytes.get)),
      loopWhile(i32.ltS(parent.get, end.get), [
        ...[0, 16, 32, 48].map((offset) =>
          v128.store(
            parent.get,
            i64x2.sub(v128.load(parent.get, offset), v128.load(child.get, offset)),
            offset,
          ),
        ),
        parent.set(i32.add(parent.get, i32.const(64))),
        child.set(i32.add(child.get, i32.const(64))),
      ]),
    ],
  );
}

const BYTES = Array.from({ length: 16 }, (_, byte) => byte);

/** Lanes that interleave the low (or high) halves of two vectors in pieces of `size` bytes. */
function interleave(size: number, half: 'low' | 'high'): number[] {
  return BYTES.map((byte) => {
    const piece = Math.floor(byte / size);
    const from = Math.floor(piece / 2) * size + (byte % size) + (half === 'high' ? 8 : 0);
    return piece % 2 === 0 ? from : 16 + from;
  });
}

/**
 * pack(columns, block, rows): writes the bins of eight columns row by row, 8 bytes a row; `columns` points to their
 * eight addresses, `rows` is a multiple of 16. A transposition of 8 x 16 bytes at a time, in three rounds.
 */
export function packKernel(): WasmFunction {
  const vectors = Object.fromEntries(
    ['a', 'b'].flatMap((bank) =>
      Array.from({ length: 8 }, (_, i) => [`${bank}${String(i)}`, 'v128' as const]),
    ),
  );
  return wasmFunction(
    'pack',
    { columns: 'i32', block: 'i32', rows: 'i32' },
    { ...vectors, row: 'i32', to: 'i32' },
    (variables) => {
      const { columns, block, rows, row, to } = variables;
      const bank = (letter: string) =>
        Array.from(
          { length: 8 },
          (_, i) =>
            (variables as typeof variables & Record<string, typeof row>)[`${letter}${String(i)}`] ?? row,
        );
      const [a, b] = [bank('a'), bank('b')];
      const at = (list: typeof a, i: number): Code => list[i]?.get ?? [];
      /** Pairs (i, i + 1) of one bank become low and high halves, i and i + 1, of the other. */
      const round = (
        from: typeof a,
        into: typeof a,
        size: number,
        pairs: readonly (readonly [number, number])[],
      ) =>
        pairs.flatMap(([x, y], i) => [
          into[2 * i]?.set(v128.shuffle(at(from, x), at(from, y), interleave(size, 'low'))) ?? [],
          into[2 * i + 1]?.set(v128.shuffle(at(from, x), at(from, y), interleave(size, 'high'))) ?? [],
        ]);
      return [
        to.set(block.get),
        countUp(row, i32.const(0), rows.get, 16, [
          ...a.map((vector, i) => vector.set(v128.load(i32.add(i32.load(columns.get, 4 * i), row.get)))),
          // b: rows 0-7 and 8-15 of the columns 01, 23, 45, 67
          ...round(a, b, 1, [
            [0, 1],
            [2, 3],
            [4, 5],
            [6, 7],
          ]),
          // a: rows 0-3, 4-7 of 0123; of 4567; rows 8-11, 12-15 of 0123; of 4567
          ...round(b, a, 2, [
            [0, 2],
            [4, 6],
            [1, 3],
            [5, 7],
          ]),
          // b: rows 0-1, 2-3, ... of all eight
          ...round(a, b, 4, [
            [0, 2],
            [1, 3],
            [4, 6],
            [5, 7],
          ]),
          ...b.map((vector, i) => v128.store(to.get, vector.get, 16 * i)),
          to.set(i32.add(to.get, i32.const(16 * GROUP))),
        ]),
      ];
    },
  );
}

/**
 * partition(rows, packed, spareRows, sparePacked, column, from, to, threshold, alsoLeft, total) -> middle: reorders the
 * rows from..to, those with bin <= threshold (or = alsoLeft) first, each side keeping its order. Stores the packed sum of
 * the left side at `total`. Without a branch a row: both sides are written, one of them counts.
 */
export function partitionKernel(): WasmFunction {
  return wasmFunction(
    'partition',
    {
      rows: 'i32',
      packed: 'i32',
      spareRows: 'i32',
      sparePacked: 'i32',
      column: 'i32',
      from: 'i32',
      to: 'i32',
      threshold: 'i32',
      alsoLeft: 'i32',
      total: 'i32',
    },
    { at: 'i32', row: 'i32', bin: 'i32', left: 'i32', middle: 'i32', spare: 'i32', value: 'i64', sum: 'i64' },
    (v) => {
      const { rows, packed, spareRows, sparePacked, column, from, to, threshold, alsoLeft, total } = v;
      const { at, row, bin, left, middle, spare, value, sum } = v;
      const wordAt = (base: Code, index: Code) => i32.add(base, i32.shl(index, i32.const(2)));
      const longAt = (base: Code, index: Code) => i32.add(base, i32.shl(index, i32.const(3)));
      return [
        middle.set(from.get),
        countUp(at, from.get, to.get, 1, [
          row.set(i32.load(wordAt(rows.get, at.get))),
          value.set(i64.load(longAt(packed.get, at.get))),
          bin.set(i32.load8(i32.add(column.get, row.get))),
          left.set(i32.or(i32.leS(bin.get, threshold.get), i32.eq(bin.get, alsoLeft.get))),
          i32.store(wordAt(rows.get, middle.get), row.get),
          i64.store(longAt(packed.get, middle.get), value.get),
          i32.store(wordAt(spareRows.get, spare.get), row.get),
          i64.store(longAt(sparePacked.get, spare.get), value.get),
          sum.set(i64.add(sum.get, i64.and(value.get, i64.extendS(i32.sub(i32.const(0), left.get))))),
          middle.set(i32.add(middle.get, left.get)),
          spare.set(i32.sub(i32.add(spare.get, i32.const(1)), left.get)),
        ]),
        memory.copy(wordAt(rows.get, middle.get), spareRows.get, i32.shl(spare.get, i32.const(2))),
        memory.copy(longAt(packed.get, middle.get), sparePacked.get, i32.shl(spare.get, i32.const(3))),
        i64.store(total.get, sum.get),
        middle.get,
      ];
    },
    'i32',
  );
}
