// node watcher.mjs <pid> <dir>: waits for the process to end, then takes down the servers of that directory.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { takeDown } from './down.mjs';
import { parseOptions } from './options.mjs';
import { startTimeOf } from './process.mjs';

const EVERY_MS = 500;
const [pidText, dir] = process.argv.slice(2);
const pid = Number(pidText);
const startedAt = startTimeOf(pid);
const stateFile = path.join(dir, 'state.json');

while (startedAt !== null && startTimeOf(pid) === startedAt && existsSync(stateFile)) {
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
}
if (existsSync(stateFile)) await takeDown(parseOptions(['down', '--dir', dir]));
