/** A feed client in a thread of its own; tells when each nowcast arrived, by the clock that all threads share. */
import { parentPort, workerData } from 'node:worker_threads';
import { WebSocket } from 'ws';

const socket = new WebSocket(workerData.url, 'nowcast.v1');
socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', id: 'bench', zones: ['*'] })));
socket.on('message', (data) => {
  const arrivedAtUs = Number(process.hrtime.bigint() / 1000n);
  const message = JSON.parse(data);
  if (message.type === 'snapshot') parentPort.postMessage({ ready: true });
  if (message.type !== 'nowcast') return;
  const { zone, origin, quality, steps } = message.nowcast;
  parentPort.postMessage({ zone, origin, quality, horizons: steps.length, arrivedAtUs });
});
socket.on('error', (error) => {
  throw error;
});
parentPort.once('message', () => socket.close());
