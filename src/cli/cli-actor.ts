import os from 'node:os';
import type { Actor } from '../ops/audit.js';

/** Who stands in the audit for a command; a user id without a name has none. */
export function cliActor(): Actor {
  return { name: `cli:${userName()}` };
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return `uid ${String(process.getuid?.() ?? 'unknown')}`;
  }
}
