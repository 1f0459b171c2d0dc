// npm run services:up | services:down: real Kafka, schema registry, InfluxDB and Prometheus without Docker.
import { parseOptions, USAGE } from './services/options.mjs';
import { UserError } from './services/user-error.mjs';
import { bringUp, checkTools } from './services/up.mjs';
import { takeDown } from './services/down.mjs';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.command === 'help') process.stdout.write(USAGE);
  else if (options.command === 'check') checkTools(options);
  else if (options.command === 'up') await bringUp(options);
  else await takeDown(options);
} catch (error) {
  const lines = error instanceof UserError ? error.lines : [`internal error: ${error?.stack ?? error}`];
  for (const line of lines) process.stderr.write(line === '' ? '\n' : `services: ${line}\n`);
  process.exitCode = error instanceof UserError ? error.exitCode : 1;
}
