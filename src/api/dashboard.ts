import { existsSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const ABSENT_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>power-nowcast</title>
<h1>power-nowcast</h1>
<p>The service runs, but its dashboard is not built. Build it with <code>npm run build</code> and restart the service.</p>
<p>Meanwhile: <a href="/docs">API</a>, <a href="/v1/status">status</a>, <a href="/v1/nowcasts">nowcasts</a>.</p>
</html>
`;

/** Serves the built dashboard at /, or a page that says how to build it. */
export async function installDashboard(fastify: FastifyInstance, webDir: string): Promise<void> {
  if (!existsSync(path.join(webDir, 'index.html'))) {
    fastify.get('/', { schema: { hide: true } }, (_request, reply) =>
      reply.header('content-type', 'text/html; charset=utf-8').send(ABSENT_PAGE),
    );
    return;
  }
  await fastify.register(fastifyStatic, {
    root: webDir,
    prefix: '/',
    schemaHide: true,
    cacheControl: false,
    setHeaders: (reply, file) => {
      // The build puts a hash into the name of every asset; all else must be asked for again.
      const hashed = file.includes(`${path.sep}assets${path.sep}`);
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
