import type { FeedConnection } from './connection.js';

export interface DrainOptions {
  readonly drainMs: number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Begins the close handshake. */
  readonly sendAway: (client: FeedConnection) => void;
}

/** How long a client may take to answer the close handshake at a shutdown. */
const CLOSE_GRACE_MS = 1_000;

/**
 * Sends clients away, each at a random moment of the drain time, so that they do not all come to the other gateways at
 * once. Resolves when all are gone: each gets a moment to answer the close handshake, then its socket is cut.
 */
export async function drainClients(
  clients: Iterable<FeedConnection>,
  { drainMs, random, sendAway }: DrainOptions,
): Promise<void> {
  await Promise.all([...clients].map((client) => drain(client, random() * drainMs, sendAway)));
}

function drain(client: FeedConnection, afterMs: number, sendAway: DrainOptions['sendAway']): Promise<void> {
  return new Promise((resolve) => {
    if (client.socket.readyState === client.socket.CLOSED) {
      resolve();
      return;
    }
    const closeTimer = setTimeout(() => {
      sendAway(client);
    }, afterMs);
    const killTimer = setTimeout(() => {
      client.socket.terminate();
    }, afterMs + CLOSE_GRACE_MS);
    client.socket.once('close', () => {
      clearTimeout(closeTimer);
      clearTimeout(killTimer);
      resolve();
    });
  });
}
