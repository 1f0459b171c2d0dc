import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];

/**
 * Why the browser tests cannot run here, printed, or null. With NOWCAST_REQUIRE_SUITES=1 a missing browser is an error,
 * so that a run that must be whole cannot pass by skipping.
 */
export function chromiumMissing(): string | null {
  if (existsSync(CHROMIUM)) return null;
  const reason = `no Chromium at ${CHROMIUM}; install it or set CHROMIUM_PATH`;
  if (process.env['NOWCAST_REQUIRE_SUITES'] === '1') throw new Error(reason);
  console.warn(`skipped: ${reason}`);
  return reason;
}

/** A headless Chromium that talks to nobody on its own. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}
