// Ends so many training threads in the midst of fitting a network. usage: node end-in-network.mjs COUNT
import { WorkerLane } from '../../../dist/train/worker-lane.js';

const url = new URL('./network-thread.mjs', import.meta.url);
for (let i = 0; i < Number(process.argv[2]); i += 1) {
  const cancel = new AbortController();
  const lane = new WorkerLane({ url, heapLimitMb: 192, niceness: 0, signal: cancel.signal });
  const bytes = () => new Uint8Array(8);
  const task = {
    profile: { zone: 'Z' },
    columns: { demand: bytes(), weather: bytes(), forecasts: bytes(), operator: bytes() },
  };
  const failure = await lane.run(task, { onProgress: () => cancel.abort() }).catch((error) => error);
  console.log(failure.code);
}
