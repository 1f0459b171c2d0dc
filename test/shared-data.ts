import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Recorded real data, beside the repository where it is present; never part of it. */
const SHARED = fileURLToPath(new URL('../../shared/data/', import.meta.url));

/** Path of a recorded file, or null (with the reason printed) where the recordings are absent. */
export function sharedData(path: string): string | null {
  const full = SHARED + path;
  if (existsSync(full)) return full;
  console.warn(`skipped: ${path} needs the recorded data in ../shared/data, which is not here`);
  return null;
}
