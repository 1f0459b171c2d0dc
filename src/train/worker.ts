/** Entry point of a training thread: one task at a time, answers as messages. */
import { parentPort } from 'node:worker_threads';
import { runTrainTask } from './train-task.js';
import type { TrainTask, WorkerMessage } from './worker-messages.js';

const port = parentPort;
if (port === null) throw new Error('worker.js runs as a worker thread of the trainer only');

port.on('message', (task: TrainTask) => {
  void runTrainTask(task, (message: WorkerMessage) => {
    port.postMessage(message);
  });
});
