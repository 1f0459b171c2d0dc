/** Entry point of a training thread: one task at a time, answers as messages. */
import { parentPort, workerData } from 'node:worker_threads';
import { guardThisThread, native } from './native-guard.js';
import { lowerThreadPriority } from './thread-usage.js';
import type { TrainTask, WorkerMessage, WorkerSetup } from './worker-messages.js';

const port = parentPort;
if (port === null) throw new Error('worker.js runs as a worker thread of the trainer only');

const { niceness, guard } = workerData as WorkerSetup;
lowerThreadPriority(niceness);
guardThisThread(guard);
// Loading ONNX Runtime is a native call as well.
const { runTrainTask } = await native(() => import('./train-task.js'));

port.on('message', (task: TrainTask) => {
  void runTrainTask(task, (message: WorkerMessage) => {
    port.postMessage(message);
  });
});
