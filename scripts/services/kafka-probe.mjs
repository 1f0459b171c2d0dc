import { connect } from 'node:net';

const METADATA = 3;
const VERSION = 4;

/**
 * Asks a broker for the cluster's metadata, as any client does first.
 * @returns {Promise<number>} how many brokers it names; rejects when it does not answer
 */
export function countBrokers(host, port, timeoutMs = 2_000) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed without an answer')));
    socket.once('connect', () => socket.write(metadataRequest()));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      // size, correlation id, throttle time, number of brokers: four bytes each
      if (received.length < 16) return;
      resolve(received.readInt32BE(12));
      socket.destroy();
    });
  });
}

function metadataRequest() {
  const clientId = Buffer.from('services-probe');
  const body = Buffer.alloc(4 + 2 + 2 + 4 + 2 + clientId.length + 4 + 1);
  let at = body.writeInt32BE(body.length - 4, 0);
  at = body.writeInt16BE(METADATA, at);
  at = body.writeInt16BE(VERSION, at);
  at = body.writeInt32BE(1, at); // correlation id
  at = body.writeInt16BE(clientId.length, at);
  at += clientId.copy(body, at);
  at = body.writeInt32BE(0, at); // no topics: brokers only
  body.writeInt8(0, at); // never create a topic
  return body;
}
