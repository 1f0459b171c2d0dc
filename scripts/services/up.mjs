import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { kafka } from './kafka.mjs';
import { registry } from './registry.mjs';
import { influx } from './influx.mjs';
import { prometheus } from './prometheus.mjs';
import { pickPorts } from './ports.mjs';
import { isRunning, startDetached, startTimeOf, stopProcess } from './process.mjs';
import { readState, withLock, writeState } from './state.mjs';
import { UserError } from './user-error.mjs';

const SERVICES = [kafka, registry, influx, prometheus];
const READY_WITHIN_MS = 120_000;
const PROBE_EVERY_MS = 200;
const say = (line) => process.stdout.write(`${line}\n`);

/** Starts what is asked for and not running yet, waits until each answers, writes and prints the addresses. */
export async function bringUp(options) {
  const wanted = installed(options);
  mkdirSync(options.dir, { recursive: true });
  await withLock(options.dir, async () => {
    const state = readState(options.dir);
    const starting = wanted.filter((service) => !reportIfUp(service, state));
    for (const service of starting) await service.prepare();
    const started = await Promise.allSettled(starting.map((service) => start(service, state, options)));
    const failures = started
      .filter((outcome) => outcome.status === 'rejected')
      .map((outcome) => outcome.reason);
    if (failures.length > 0) await giveUp(starting, state, options, failures);
    if (options.whilePid !== null) startWatcher(options);
    writeAddresses(state, options.envFile);
  });
}

/** @throws UserError with a line for each thing this machine lacks */
export function checkTools(options) {
  for (const service of installed(options)) say(`${service.title}: can run here`);
}

/** What can run here: a missing tool ends the run, but for optional servers. */
function installed(options) {
  const asked = SERVICES.filter((service) => options.only.includes(service.name));
  const lines = new Set();
  const usable = asked.filter((service) => {
    const missing = service.missingTools();
    if (missing.length === 0) return true;
    if (service.optional && !options.asked) say(`${service.title}: left out: ${missing[0]}`);
    else for (const line of missing) lines.add(line);
    return false;
  });
  if (lines.size > 0) throw new UserError([...lines]);
  return usable;
}

function reportIfUp(service, state) {
  const recorded = state.services[service.name];
  if (recorded === undefined || !isRunning(recorded)) return false;
  say(`${service.title}: already up (pid ${recorded.pid})`);
  return true;
}

async function start(service, state, options) {
  const dir = path.join(options.dir, service.name);
  mkdirSync(dir, { recursive: true });
  const begun = Date.now();
  // A server that died keeps its ports, so that the clients of its data still find it.
  const ports = await pickPorts(state.services[service.name]?.ports ?? service.usualPorts);
  const command = await service.command({ dir, ports });
  const logFile = path.join(dir, 'server.log');
  const env = { ...process.env, ...command.env };
  const child = startDetached(command.file, command.args, { cwd: dir, env, logFile });
  const exited = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? `status ${code}`}`));
    child.once('error', (error) => resolve(error.message));
  });
  if (child.pid === undefined) throw new UserError(`${service.title}: could not be started: ${await exited}`);
  state.services[service.name] = {
    pid: child.pid,
    startedAt: startTimeOf(child.pid),
    ports,
    env: service.env({ ports }),
  };
  writeState(options.dir, state);
  say(`${service.title}: starting (pid ${child.pid}, log ${logFile})`);
  await untilItAnswers(service, ports, exited, logFile);
  say(`${service.title}: up after ${((Date.now() - begun) / 1000).toFixed(1)} s`);
}

async function untilItAnswers(service, ports, exited, logFile) {
  const deadline = Date.now() + READY_WITHIN_MS;
  let end = null;
  void exited.then((how) => (end = how));
  while (!(await service.answers({ ports }).catch(() => false))) {
    if (end !== null)
      throw new UserError([
        `${service.title}: ${end} before it answered; end of ${logFile}:`,
        ...tail(logFile),
      ]);
    if (Date.now() > deadline) {
      throw new UserError([
        `${service.title}: no answer within ${READY_WITHIN_MS / 1000} s; end of ${logFile}:`,
        ...tail(logFile),
      ]);
    }
    await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
  }
}

/** Half a set of servers helps nobody: what this call started is ended, what was up before stays. */
async function giveUp(starting, state, options, failures) {
  for (const service of starting) {
    const recorded = state.services[service.name];
    if (recorded === undefined) continue;
    await stopProcess(recorded);
    delete state.services[service.name];
  }
  writeState(options.dir, state);
  const unexpected = failures.find((failure) => !(failure instanceof UserError));
  if (unexpected !== undefined) throw unexpected;
  throw new UserError(failures.flatMap((failure) => failure.lines));
}

/** A small process that takes the servers down when the given process has ended, however it ended. */
function startWatcher(options) {
  const script = fileURLToPath(new URL('watcher.mjs', import.meta.url));
  const logFile = path.join(options.dir, 'watcher.log');
  startDetached(process.execPath, [script, String(options.whilePid), options.dir], {
    cwd: '/',
    env: process.env,
    logFile,
  });
}

function writeAddresses(state, envFile) {
  const running = SERVICES.map((service) => state.services[service.name]).filter(
    (entry) => entry && isRunning(entry),
  );
  const lines = running.flatMap((entry) =>
    Object.entries(entry.env).map(([key, value]) => `${key}=${value}`),
  );
  writeFileSync(envFile, lines.map((line) => `${line}\n`).join(''));
  for (const line of lines) say(line);
}

function tail(logFile) {
  if (!existsSync(logFile)) return [];
  return readFileSync(logFile, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(-8)
    .map((line) => `  ${line}`);
}
