import { existsSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { stopProcess } from './process.mjs';
import { readState, withLock, writeState } from './state.mjs';
import { UserError } from './user-error.mjs';

const say = (line) => process.stdout.write(`${line}\n`);

/** Ends what `up` recorded in this directory, and removes the directory and the file of addresses. */
export async function takeDown(options) {
  if (!existsSync(path.join(options.dir, 'state.json'))) {
    say(`nothing was started from ${options.dir}`);
    return;
  }
  await withLock(options.dir, async () => {
    const state = readState(options.dir);
    if (options.asked) await takeDownSome(options, state);
    else await takeDownAll(options, state);
  });
}

async function takeDownSome(options, state) {
  const chosen = Object.fromEntries(
    Object.entries(state.services).filter(([name]) => options.only.includes(name)),
  );
  await stopAll(chosen);
  for (const name of Object.keys(chosen)) {
    delete state.services[name];
    rmSync(path.join(options.dir, name), { recursive: true, force: true });
  }
  writeState(options.dir, state);
  if (Object.keys(state.services).length === 0) removeFiles(options);
}

async function takeDownAll(options, state) {
  await stopAll(state.services);
  removeFiles(options);
}

async function stopAll(services) {
  const outcomes = await Promise.allSettled(
    Object.entries(services).map(async ([name, recorded]) => {
      say(`${name}: ${await stopProcess(recorded)} (pid ${recorded.pid})`);
    }),
  );
  const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
  if (failed.length > 0)
    throw new UserError(failed.map((outcome) => `could not end a server: ${outcome.reason.message}`));
}

/** Only what `up` itself makes: a directory given with --dir may hold other things. */
function removeFiles(options) {
  for (const name of ['kafka', 'registry', 'influx', 'prometheus', 'state.json', 'watcher.log', 'up.lock']) {
    rmSync(path.join(options.dir, name), { recursive: true, force: true });
  }
  rmSync(options.envFile, { force: true });
  try {
    rmdirSync(options.dir);
  } catch {
    // not empty: not ours to remove
  }
}
