import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv, promisify } from 'node:util';
import { connect } from 'node:net';

const SCRIPT = fileURLToPath(new URL('../../scripts/services.mjs', import.meta.url));
const run = promisify(execFile);

/**
 * The servers to measure against: those of the environment when they answer; with `start`, an instance of its own.
 * @returns {Promise<{ kafka: { brokers: string[], registryUrl: string } | null, influxUrl: string | null, down: () => Promise<void> }>}
 */
export async function findServers({ start, dir }) {
  if (!start) return { ...(await answering(process.env)), down: async () => {} };
  const state = path.join(dir, 'services');
  const args = ['--only', 'kafka,registry,influx', '--dir', state];
  await run(process.execPath, [SCRIPT, 'up', ...args, '--while-pid', String(process.pid)]);
  const found = await answering(parseEnv(readFileSync(path.join(state, '.services.env'), 'utf8')));
  return { ...found, down: () => run(process.execPath, [SCRIPT, 'down', '--dir', state]) };
}

async function answering(env) {
  const brokers = (env.KAFKA_BROKERS ?? '').split(',').filter((each) => each !== '');
  const registryUrl = env.SCHEMA_REGISTRY_URL ?? '';
  const influxUrl = env.INFLUX_URL ?? '';
  const hasKafka = brokers.length > 0 && registryUrl !== '' && (await answers(`tcp://${brokers[0]}`));
  const hasInflux = influxUrl !== '' && (await answers(influxUrl));
  return { kafka: hasKafka ? { brokers, registryUrl } : null, influxUrl: hasInflux ? influxUrl : null };
}

function answers(url) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: 2000 });
    const settle = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}
