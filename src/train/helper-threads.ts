import { Worker } from 'node:worker_threads';

/** What a helping thread needs: compiled kernels, the memory they share and the address of the thread's record. */
export interface HelperSite {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly part: number;
}

/**
 * All that a helping thread runs besides the kernels. As text, so that it needs no compiled file beside this one. The
 * kernel `helper` waits in the shared memory for work and returns when told to end; then the thread has nothing left to
 * do and ends.
 */
const HELPER = `
const { workerData } = require('node:worker_threads');
const { module, memory, part } = workerData;
new WebAssembly.Instance(module, { env: { memory } }).exports.helper(part);
`;

/**
 * Starts one thread a site. It neither keeps the process alive nor outlives the thread that started it. A thread that
 * cannot start never announces itself in its record, so nothing waits for it.
 * @returns ends them, also those that are still starting; its promise resolves when they are gone
 */
export function startHelpers(sites: readonly HelperSite[]): () => Promise<void> {
  const workers = sites.map((site) => {
    const worker = new Worker(HELPER, { eval: true, workerData: site, execArgv: [], stdin: false });
    worker.on('error', () => undefined);
    worker.unref();
    return worker;
  });
  return async () => {
    await Promise.all(workers.map((worker) => worker.terminate()));
  };
}
