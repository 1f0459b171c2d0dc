/** Entry point of a training thread: one task at a time, answers as messages. */
import { parentPort, workerData } from 'node:worker_threads';
import { lowerThreadPriority } from './thread-usage.js';
import { runTrainTask } from './train-task.js';
import type { TrainTask, WorkerMessage, WorkerSetup } from './worker-messages.js';

const port = parentPort;
if (port === null) throw new Error('worker.js runs as a worker thread of the trainer only');

lowerThreadPriority((workerData as WorkerSetup | null)?.niceness ?? 0);

port.on('message', (task: TrainTask) => {
  void runTrainTask(task, (message: WorkerMessage) => {
    port.postMessage(message);
  });
});
