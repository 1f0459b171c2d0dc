import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCS_URL } from '../../grafana/src/dashboard.js';
import { generatedFiles } from '../../grafana/src/files.js';
import { inlineHtml, slugOf } from '../../src/api/guide/inline.js';
import { markdownHtml } from '../../src/api/guide/markdown.js';
import { GUIDE_PATH } from '../../src/api/guide/routes.js';
import { Serving } from '../feed/serving.js';

const docs = path.resolve(import.meta.dirname, '..', '..', 'docs');
const guides = readdirSync(docs).filter((name) => name.endsWith('.md'));

let serving: Serving;
beforeAll(async () => {
  serving = await Serving.start({ access: { perAddress: 100_000 } });
});
afterAll(() => serving.stop());

async function guide(name: string): Promise<{ status: number; type: string; html: string }> {
  const response = await fetch(`${serving.url}${GUIDE_PATH}/${name}`);
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, html: await response.text() };
}

/** Where a page or a file links to, each once: file and anchor. */
function targetsOf(text: string, pattern: RegExp): [file: string, anchor: string][] {
  const links = new Set([...text.matchAll(pattern)].map(([, target = '']) => target));
  return [...links].map((link) => {
    const [file = '', anchor = ''] = link.split('#');
    return [file, anchor];
  });
}

describe('the guides as pages', () => {
  it('are there without a key, as what they are', async () => {
    const { status, type, html } = await guide('alerts.md');
    expect([status, type]).toEqual([200, 'text/html; charset=utf-8']);
    expect(html).toContain('<h1 id="alerts-and-what-to-do">Alerts and what to do</h1>');
    expect(html).toContain('<title>Alerts and what to do – Power Nowcast</title>');
    expect((await guide('style.css')).type).toContain('text/css');
    expect((await guide('dashboard.png')).type).toBe('image/png');
  });

  it.each(['nothing.md', 'alerts', '..%2FREADME.md', '%2e%2e%2fpackage.json', 'alerts.md%00'])(
    'are all that is there: %s is not',
    async (name) => {
      const { status, type } = await guide(name);
      expect([404, 400]).toContain(status);
      expect(type).toContain('application/problem+json');
    },
  );

  it.each(guides)('%s has only links that lead somewhere', async (name) => {
    const { status, html } = await guide(name);
    expect(status).toBe(200);
    // Fences and tables that were not understood would show.
    expect(html.replace(/<(pre|code)[\s\S]*?<\/\1>/g, '')).not.toMatch(/```|\]\(|^\|/m);
    const pages = new Map([['', html]]);
    for (const [file, anchor] of targetsOf(html, /href="((?:[\w-]+\.md)?#?[^":/]*)"/g)) {
      if (file === 'style.css') continue;
      if (!pages.has(file)) {
        const found = await guide(file);
        expect(found.status, `${name} links to ${file}`).toBe(200);
        pages.set(file, found.html);
      }
      if (anchor !== '')
        expect(pages.get(file), `${name} links to ${file}#${anchor}`).toContain(`id="${anchor}"`);
    }
  });

  it('are where alerts and dashboards lead to', async () => {
    expect(new URL(DOCS_URL).pathname).toBe(GUIDE_PATH);
    const escaped = DOCS_URL.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const links = [...generatedFiles().values()].flatMap((text) =>
      targetsOf(text, new RegExp(`${escaped}/([\\w.#-]+)`, 'g')),
    );
    const runbook = links.filter(([file]) => file === 'alerts.md');
    expect(runbook.length).toBeGreaterThan(50);
    const pages = new Map<string, string>();
    for (const [file, anchor] of links) {
      const html = pages.get(file) ?? (await guide(file)).html;
      pages.set(file, html);
      expect(html, file).toContain('<h1');
      if (anchor !== '') expect(html, `${file}#${anchor}`).toContain(`<h3 id="${anchor}">`);
    }
  });
});

describe('the Markdown of the guides', () => {
  it('shows any HTML as text, in words, links and code', () => {
    const html = markdownHtml(
      '# <b>\n\n<script>x</script> `<i>` [a](javascript:alert) <https://e.org/?a=1&b>\n\n```\n<u>\n```',
    );
    expect(html).not.toMatch(/<(b|script|i|u)>|href="javascript/);
    expect(html).toContain('<code>&lt;i&gt;</code>');
    expect(html).toContain('<a href="https://e.org/?a=1&amp;b">');
    expect(html).toContain('<pre tabindex="0"><code>&lt;u&gt;</code></pre>');
  });

  it('has lists in lists with code in them, and numbers', () => {
    const text = '- one,\n  goes on\n  - inner\n- two\n\n  ```\n  code\n  ```\n\n1. first\n2. second';
    expect(markdownHtml(text).replaceAll('\n', ' ')).toBe(
      '<ul><li>one, goes on <ul><li>inner</li></ul></li><li>two <pre tabindex="0"><code>code</code></pre></li></ul> ' +
        '<ol><li>first</li><li>second</li></ol>',
    );
  });

  it('has tables whose cells may hold bars in code', () => {
    const html = markdownHtml('| a | b |\n| - | - |\n| `x|y` | |\n');
    expect(html).toContain('<th>a</th><th>b</th>');
    expect(html).toContain('<td><code>x|y</code></td>');
  });

  it('leaves words with underscores as they are, and what is not served without a link', () => {
    expect(inlineHtml('a_b_c _d e_ **f `g`** \\*')).toBe(
      'a_b_c <em>d e</em> <strong>f <code>g</code></strong> *',
    );
    expect(inlineHtml('[`x`](../examples/x.ts) [y](alerts.md#z)')).toBe(
      '<code>x</code> <a href="alerts.md#z">y</a>',
    );
  });

  it('anchors headings as code forges do, each once', () => {
    expect(slugOf("The operator's `forecast`, [now](x.md)")).toBe('the-operators-forecast-now');
    expect(markdownHtml('## A\n\n## A')).toContain('id="a-1"');
  });

  it('leaves comments out', () => {
    expect(markdownHtml('<!-- bench:x -->\n\nText\n<!-- /bench:x -->')).toBe('<p>Text</p>');
  });
});

it('reads the guides that the repository has', () => {
  expect(guides.length).toBeGreaterThan(15);
  expect(readFileSync(path.join(docs, 'alerts.md'), 'utf8')).toContain('### NowcastAuditFails');
});
