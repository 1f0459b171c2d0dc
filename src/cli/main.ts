import { Command, CommanderError } from 'commander';
import { messageOf, NowcastError } from '../contracts/errors.js';
import { backfillCommand } from './backfill.js';
import { backtestCommand } from './backtest.js';
import { collectCommand } from './collect.js';
import { demoCommand } from './demo.js';
import { doctorCommand } from './doctor.js';
import { importCommand } from './import.js';
import { keysCommand } from './keys.js';
import { modelsCommand } from './models.js';
import { replayCommand } from './replay.js';
import { roleCommands } from './roles.js';
import { topicsCommand } from './topics.js';
import { trainCommand } from './train.js';
import { explainUsage } from './usage-errors.js';
import { packageVersion } from '../config/package-root.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

function program(): Command {
  const root = new Command('nowcast')
    .description('Real-time electricity-demand nowcasting: collect, train, nowcast, serve.')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .configureHelp({ sortSubcommands: false });
  const commands = [
    demoCommand(),
    ...roleCommands(),
    collectCommand(),
    trainCommand(),
    replayCommand(),
    backfillCommand(),
    importCommand(),
    backtestCommand(),
    modelsCommand(),
    keysCommand(),
    topicsCommand(),
    doctorCommand(),
  ];
  for (const command of commands) root.addCommand(command);
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
  await program().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
// Everything that must be kept is durable by now: a training that was cut off must not keep the process alive.
process.exit();
