import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../../config/package-root.js';
import { NowcastError } from '../../contracts/errors.js';
import { escapeHtml } from '../../contracts/escape-html.js';
import { openScope } from '../auth/route-access.js';
import { markdownHtml } from './markdown.js';

/** Where the guides are read. Links of alerts and dashboards lead here. */
export const GUIDE_PATH = '/docs/guide';

const STYLE = `:root{color-scheme:light dark}
body{max-width:52rem;margin:0 auto;padding:1.5rem 1rem 4rem;font:1rem/1.55 system-ui,sans-serif;overflow-wrap:break-word}
h2,h3{margin-top:2rem}h3:target{outline:3px solid #0072b2;outline-offset:6px}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}
pre,.scroll{overflow-x:auto}pre{padding:.8rem 1rem;border:1px solid #8888;border-radius:6px}
table{border-collapse:collapse;font-size:.92em}th,td{padding:.35rem .7rem;border:1px solid #8886;text-align:left;vertical-align:top}
img{max-width:100%}blockquote{margin-left:0;padding-left:1rem;border-left:4px solid #8888}`;

/** Serves the guides that the program comes with as pages: what an alert links to must be there when it is needed. */
export async function installGuides(
  fastify: FastifyInstance,
  dir = path.join(packageRoot(), 'docs'),
): Promise<void> {
  await fastify.register((scope, _options, done) => {
    openScope(scope);
    scope.get<{ Params: { name: string } }>(
      `${GUIDE_PATH}/:name`,
      { schema: { hide: true } },
      async ({ params }, reply) => {
        const { name } = params;
        if (name === 'style.css') return reply.type('text/css; charset=utf-8').send(STYLE);
        if (/^[\w-]+\.png$/.test(name)) return reply.type('image/png').send(await fileOf(dir, name));
        if (!/^[\w-]+\.md$/.test(name)) throw unknown(name);
        const text = (await fileOf(dir, name)).toString('utf8');
        return reply.type('text/html; charset=utf-8').send(pageOf(text));
      },
    );
    done();
  });
}

async function fileOf(dir: string, name: string): Promise<Buffer> {
  const file = path.join(dir, name);
  const found = await stat(file).catch(() => null);
  if (found?.isFile() !== true) throw unknown(name);
  return readFile(file);
}

function unknown(name: string): NowcastError {
  return new NowcastError('NOT_FOUND', `there is no guide ${JSON.stringify(name.slice(0, 80))}`);
}

function pageOf(text: string): string {
  const title = /^# (.+)$/m.exec(text)?.[1] ?? 'Guide';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – Power Nowcast</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<nav><a href="/">Dashboard</a> · <a href="/docs">API</a> · <a href="alerts.md">Alerts and what to do</a></nav>
<main>
${markdownHtml(text)}
</main>
</body>
</html>
`;
}
