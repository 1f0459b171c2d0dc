import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble, i32, i64, loopWhile, wasmFunction } from '../../../../src/train/gbdt/wasm/assembler.js';
import { kernelBytes, kernelModule, kernelsOn } from '../../../../src/train/gbdt/wasm/module.js';

function onePage(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 2, maximum: 2, shared: true });
}

describe('assembler', () => {
  it('encodes constants of every length', () => {
    const constant = fc.oneof(
      fc.constantFrom(0, 63, 64, -64, -65, 127, 128, 8191, 8192, -8192, -8193, 2 ** 31 - 1, -(2 ** 31)),
      fc.integer(),
    );
    fc.assert(
      fc.property(constant, (value) => {
        const functions = [
          wasmFunction('narrow', {}, {}, () => [i32.const(value)], 'i32'),
          wasmFunction(
            'wide',
            {},
            {},
            () => [i32.wrap(i64.shrU(i64.const(value * 256), i64.const(8)))],
            'i32',
          ),
        ];
        const module = new WebAssembly.Module(assemble(functions, 2));
        const { exports } = new WebAssembly.Instance(module, { env: { memory: onePage() } });
        expect((exports['narrow'] as () => number)()).toBe(value);
        expect((exports['wide'] as () => number)()).toBe(value);
      }),
    );
  });

  it('tests the condition of a loop before its first turn', () => {
    const triangle = wasmFunction(
      'triangle',
      { n: 'i32' },
      { sum: 'i32' },
      ({ n, sum }) => [
        loopWhile(i32.gtS(n.get, i32.const(0)), [
          sum.set(i32.add(sum.get, n.get)),
          n.set(i32.sub(n.get, i32.const(1))),
        ]),
        sum.get,
      ],
      'i32',
    );
    const module = new WebAssembly.Module(assemble([triangle], 2));
    const { exports } = new WebAssembly.Instance(module, { env: { memory: onePage() } });
    expect([-3, 0, 1, 10].map(exports['triangle'] as (n: number) => number)).toEqual([0, 0, 1, 55]);
  });
});

describe('kernels', () => {
  it('are the same bytes for the same stride', () => {
    expect(kernelBytes(64)).toEqual(kernelBytes(64));
    expect(kernelBytes(64)).not.toEqual(kernelBytes(72));
  });

  it('partition: left rows first, each side in its order, with the sum of the left side', () => {
    const memory = onePage();
    const kernels = kernelsOn(kernelModule(64), memory);
    const rows = new Int32Array(memory.buffer, 1024, 64);
    const packed = new BigInt64Array(memory.buffer, 4096, 64);
    const column = new Uint8Array(memory.buffer, 16_384, 64);
    const total = new BigInt64Array(memory.buffer, 64, 1);
    const bins = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(
        bins,
        fc.integer({ min: 0, max: 9 }),
        fc.constantFrom(-1, 9),
        (drawn, threshold, alsoLeft) => {
          column.set(drawn);
          const order = drawn.map((_, i) => drawn.length - 1 - i);
          rows.set(order);
          order.forEach((row, i) => (packed[i] = BigInt(row * 1000 - 20_000)));
          const middle = kernels.partition(
            1024,
            4096,
            2048,
            8192,
            16_384,
            0,
            drawn.length,
            threshold,
            alsoLeft,
            64,
          );
          const goesLeft = (row: number) => (drawn[row] ?? 0) <= threshold || drawn[row] === alsoLeft;
          const [left, right] = [order.filter(goesLeft), order.filter((row) => !goesLeft(row))];
          expect(middle).toBe(left.length);
          expect([...rows.subarray(0, drawn.length)]).toEqual([...left, ...right]);
          expect([...packed.subarray(0, drawn.length)]).toEqual(
            [...left, ...right].map((row) => BigInt(row * 1000 - 20_000)),
          );
          expect(total[0]).toBe(left.reduce((sum, row) => sum + BigInt(row * 1000 - 20_000), 0n));
        },
      ),
    );
  });
});
