// A training thread that does nothing but fit networks, so that whoever ends it always meets it in ONNX Runtime.
import { parentPort, workerData } from 'node:worker_threads';
import { guardThisThread } from '../../../dist/train/native-guard.js';
import { fitNet } from '../../../dist/train/mlp/fit-net.js';

guardThisThread(workerData.guard);
const rows = 2000;
const width = 100;
const random = (length) => Float32Array.from({ length }, Math.random);
const data = { rows, width, inputs: random(rows * width), target: random(rows), weights: random(rows) };
const options = {
  ...{ hidden: [96, 48], probabilities: [0.5, 0.1, 0.9], batchRows: 256, steps: 300 },
  ...{ rate: 2e-3, weightDecay: 1e-2, smoothing: 0.1, seed: 1 },
};
parentPort.on('message', () => {
  void (async () => {
    for (;;) {
      await fitNet(data, options, (fraction) => {
        parentPort.postMessage({ type: 'progress', stage: 'fit', fraction });
      });
    }
  })();
});
