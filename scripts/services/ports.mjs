import { createServer } from 'node:net';

const HOST = '127.0.0.1';

/**
 * Picks free loopback ports: the usual one where it is free, else any.
 * All are held open until all are chosen, so that no two get the same.
 * @param {Record<string, number>} usual name -> usual port; 0 means any
 * @returns {Promise<Record<string, number>>}
 */
export async function pickPorts(usual) {
  const held = [];
  try {
    const picked = {};
    for (const [name, port] of Object.entries(usual)) {
      const server = (await listen(port)) ?? (await listen(0));
      if (server === null) throw new Error(`no free port on ${HOST}`);
      held.push(server);
      picked[name] = server.address().port;
    }
    return picked;
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

function listen(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: HOST, exclusive: true }, () => resolve(server));
  });
}
