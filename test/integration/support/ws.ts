import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A feed client that has subscribed to a zone and reads what comes. */
export async function connect(url: string, zone: string): Promise<WebSocket> {
  const socket = new WebSocket(url, 'nowcast.v1');
  await once(socket, 'open');
  socket.on('message', () => undefined);
  socket.send(JSON.stringify({ type: 'subscribe', id: 'test', zones: [zone] }));
  await once(socket, 'message');
  return socket;
}
