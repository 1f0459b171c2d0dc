import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** Everything a page did that it should not have. */
export interface Misdeeds {
  readonly console: string[];
  readonly external: string[];
  readonly csp: string[];
}

export interface WatchedPage {
  readonly page: Page;
  readonly misdeeds: Misdeeds;
}

/** Opens the dashboard in a fresh profile and watches its console, its requests and its content security policy. */
export async function openWatched(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const misdeeds: Misdeeds = { console: [], external: [], csp: [] };
  const { origin, host } = new URL(url);
  page.on('console', (message) => {
    if (message.type() === 'error') misdeeds.console.push(message.text());
  });
  page.on('pageerror', (error) => misdeeds.console.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) misdeeds.external.push(request.url());
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== host) misdeeds.external.push(socket.url());
  });
  await page.exposeFunction('reportViolation', (text: string) => misdeeds.csp.push(text));
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', (e) => reportViolation(e.violatedDirective + ' ' + e.blockedURI))`,
  );
  await page.goto(url);
  return { page, misdeeds };
}
