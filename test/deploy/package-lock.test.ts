import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

interface Locked {
  version?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const file = path.resolve(import.meta.dirname, '..', '..', 'package-lock.json');
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Locked> };

/**
 * A lock that was made where a platform's binaries could not be had leaves them out, and then `npm ci` fails on every
 * fresh clone although everything works where it was made.
 */
it('locks every platform binary, so that npm ci works on a fresh clone', () => {
  const missing = Object.entries(packages).flatMap(([where, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {})
      .filter((name) => !isLocked(where, name))
      .map((name) => `${name} (of ${where})`),
  );
  expect(missing).toEqual([]);
});

it('locks no package from an address of its own', () => {
  const addresses = Object.values(packages).filter((locked) => 'resolved' in locked);
  expect(addresses).toEqual([]);
});

/** Looks where Node would: in the package itself, then in each package around it, then at the top. */
function isLocked(where: string, name: string): boolean {
  const folders = where
    .split('/node_modules/')
    .map((_, i, parts) => parts.slice(0, parts.length - i).join('/node_modules/'));
  return [...folders.map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`].some(
    (key) => key in packages,
  );
}
