import { assemble } from './assembler.js';
import { accumulateKernel, packKernel, partitionKernel, subtractKernel } from './histogram-kernels.js';
import { improveKernel, scanKernel } from './search-kernels.js';
import { helperKernel, runKernel, waitForKernel, workKernel } from './work-kernels.js';

/** Pages (64 KiB) of the largest memory: 4 GiB. */
const MOST_PAGES = 65_536;

/** Functions of the module that TypeScript calls; addresses and counts are 32-bit numbers. */
export interface Kernels {
  run(command: number, job: number): void;
  partition(
    rows: number,
    packed: number,
    spareRows: number,
    sparePacked: number,
    column: number,
    from: number,
    to: number,
    threshold: number,
    alsoLeft: number,
    total: number,
  ): number;
}

/** The bytes of the kernels' module. @param binStride bins from one feature's histogram to the next, a multiple of 8 */
export function kernelBytes(binStride: number): Uint8Array<ArrayBuffer> {
  const places = { accumulate: 0, subtract: 1, pack: 2, improve: 3, scan: 4, work: 5, waitFor: 6 };
  const functions = [
    accumulateKernel(binStride),
    subtractKernel(),
    packKernel(),
    improveKernel(),
    scanKernel(places.improve),
    workKernel(binStride, places),
    waitForKernel(),
    helperKernel(places),
    runKernel(places),
    partitionKernel(),
  ];
  return assemble(functions, MOST_PAGES);
}

const modules = new Map<number, WebAssembly.Module>();

/** The compiled module, compiled once for each stride. */
export function kernelModule(binStride: number): WebAssembly.Module {
  let module = modules.get(binStride);
  if (module === undefined) {
    module = new WebAssembly.Module(kernelBytes(binStride));
    modules.set(binStride, module);
  }
  return module;
}

export function kernelsOn(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as unknown as Kernels;
}
