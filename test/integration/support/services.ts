/** Real servers for the integration tests: those that run already, or an instance of this test run's own. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export type ServiceName = 'kafka' | 'registry' | 'influx';

export interface ServiceAddresses {
  /** host:port of each broker; empty when Kafka was not asked for. */
  readonly kafkaBrokers: readonly string[];
  /** Confluent-compatible API; empty when not asked for. */
  readonly registryUrl: string;
  /** InfluxDB 1.x; empty when not asked for. */
  readonly influxUrl: string;
}

export interface Services extends ServiceAddresses {
  /** Why the servers cannot be had on this machine, or null when they answer. */
  readonly skipReason: string | null;
}

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const SCRIPT = path.join(ROOT, 'scripts', 'services.mjs');
const VARIABLE: Record<ServiceName, string> = {
  kafka: 'KAFKA_BROKERS',
  registry: 'SCHEMA_REGISTRY_URL',
  influx: 'INFLUX_URL',
};
const NONE: ServiceAddresses = { kafkaBrokers: [], registryUrl: '', influxUrl: '' };

/** Cannot be had here: a tool is not installed, or the jars cannot be fetched. */
export class ServicesMissing extends Error {}

/**
 * Addresses of servers that answer: from the environment, else from `.services.env`, else started once for this test run
 * (and taken down when the run ends, however it ends). Servers may be shared: use unique topic prefixes and databases.
 * @throws ServicesMissing when this machine cannot run them; Error when they should run and do not
 */
export async function requireServices(which: readonly ServiceName[]): Promise<ServiceAddresses> {
  for (const known of [process.env, readEnvFile(path.join(ROOT, '.services.env'))]) {
    if (await allAnswer(which, known)) return addressesOf(which, known);
  }
  return startOwn(which, runDirectory(), process.ppid);
}

/**
 * For the top of a test file: `const services = await servicesOrSkip(['kafka']);` and then
 * `describe.skipIf(services.skipReason !== null)(…)`. The reason is printed. With NOWCAST_REQUIRE_SUITES=1 a missing
 * server is an error, so that a run that must be whole cannot pass by skipping.
 */
export async function servicesOrSkip(which: readonly ServiceName[]): Promise<Services> {
  try {
    return { ...(await requireServices(which)), skipReason: null };
  } catch (error) {
    if (!(error instanceof ServicesMissing) || process.env['NOWCAST_REQUIRE_SUITES'] === '1') throw error;
    console.warn(`skipped, needs ${which.join(', ')}: ${error.message}`);
    return { ...NONE, skipReason: error.message };
  }
}

/** Starts servers of one's own in `dir`, for tests that end or restart them; taken down when process `whilePid` ends. */
export async function startOwn(
  which: readonly ServiceName[],
  dir: string,
  whilePid: number,
): Promise<ServiceAddresses> {
  return inTurn(() => startServers(which, dir, whilePid));
}

async function startServers(
  which: readonly ServiceName[],
  dir: string,
  whilePid: number,
): Promise<ServiceAddresses> {
  const check = await runScript(['check', '--only', which.join(',')]);
  if (check.status !== 0) throw new ServicesMissing(reasonOf(check.stderr));
  const up = await runScript([
    'up',
    '--only',
    which.join(','),
    '--dir',
    dir,
    '--while-pid',
    String(whilePid),
  ]);
  if (up.stderr.includes('could not be fetched')) throw new ServicesMissing(reasonOf(up.stderr));
  if (up.status !== 0) throw new Error(`the servers did not start:\n${up.stdout}${up.stderr}`);
  return addressesOf(which, readEnvFile(path.join(dir, '.services.env')));
}

/** One start at a time in a test run: two would look for free ports, or start the same server, at the same moment. */
async function inTurn<T>(start: () => Promise<T>): Promise<T> {
  const lock = `${runDirectory()}.starting`;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      await setTimeout(100);
    }
  }
  try {
    return await start();
  } finally {
    rmSync(lock, { recursive: true });
  }
}

/** Takes down what `startOwn` started in `dir`. */
export async function stopOwn(dir: string): Promise<void> {
  const down = await runScript(['down', '--dir', dir]);
  if (down.status !== 0) throw new Error(`the servers were not taken down:\n${down.stdout}${down.stderr}`);
}

/** A name that no other test uses on shared servers: topic prefix, consumer group or database. */
export function uniqueName(stem: string): string {
  return `${stem}-${randomBytes(4).toString('hex')}`;
}

/** One directory a test run: test files run in child processes of the one runner. */
function runDirectory(): string {
  return path.join(tmpdir(), `power-nowcast-test-services-${process.ppid}`);
}

function readEnvFile(file: string): Record<string, string | undefined> {
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, 'utf8').split('\n');
  const pairs = lines.filter((line) => line.includes('=')).map((line) => splitAt(line, line.indexOf('=')));
  return Object.fromEntries(pairs);
}

function splitAt(line: string, at: number): [string, string] {
  return [line.slice(0, at), line.slice(at + 1)];
}

function addressesOf(
  which: readonly ServiceName[],
  from: Record<string, string | undefined>,
): ServiceAddresses {
  const get = (name: ServiceName): string => (which.includes(name) ? (from[VARIABLE[name]] ?? '') : '');
  return {
    kafkaBrokers: get('kafka')
      .split(',')
      .filter((broker) => broker !== ''),
    registryUrl: get('registry'),
    influxUrl: get('influx'),
  };
}

async function allAnswer(
  which: readonly ServiceName[],
  from: Record<string, string | undefined>,
): Promise<boolean> {
  const answers = await Promise.all(which.map((name) => answersAt(name, from[VARIABLE[name]])));
  return answers.every(Boolean);
}

async function answersAt(name: ServiceName, address: string | undefined): Promise<boolean> {
  if (address === undefined || address === '') return false;
  if (name === 'kafka') return accepts(address.split(',')[0] ?? '');
  const url = name === 'registry' ? `${address}/subjects` : `${address}/ping`;
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(3_000) })).ok;
  } catch {
    return false;
  }
}

function accepts(hostAndPort: string): Promise<boolean> {
  const at = hostAndPort.lastIndexOf(':');
  return new Promise((resolve) => {
    const socket = connect({ host: hostAndPort.slice(0, at), port: Number(hostAndPort.slice(at + 1)) });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(3_000, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

function runScript(args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : 1, stdout, stderr });
    });
  });
}

function reasonOf(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line !== '');
  return lines.map((line) => line.replace(/^services: /, '')).join('; ');
}
