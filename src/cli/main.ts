import { Command, CommanderError } from 'commander';
import { messageOf, NowcastError } from '../contracts/errors.js';
import { loadCommands } from './commands.js';
import { explainUsage } from './usage-errors.js';
import { packageVersion } from '../config/package-root.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function program(): Promise<Command> {
  const root = new Command('nowcast')
    .description('Real-time electricity-demand nowcasting: collect, train, nowcast, serve.')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .configureHelp({ sortSubcommands: false });
  for (const command of await loadCommands(process.argv[2])) root.addCommand(command);
  for (const command of allCommands(root)) explainUsage(command);
  return root;
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

/** One clear line on standard error; the stack only for what should never happen, and only when asked for. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof NowcastError) {
    process.stderr.write(`nowcast: ${error.message}\n`);
    return error.code === 'USAGE' ? EXIT_USAGE : EXIT_FAILED;
  }
  process.stderr.write(`nowcast: unexpected error: ${messageOf(error)}\n`);
  return EXIT_FAILED;
}

process.on('unhandledRejection', (error) => {
  process.exit(report(error));
});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await (await program()).parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
// Everything that must be kept is durable by now: a training that was cut off must not keep the process alive.
process.exit();
