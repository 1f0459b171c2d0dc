import { Command, CommanderError } from 'commander';
import { packageVersion } from '../config/package-root.js';
import { messageOf, NowcastError } from '../contracts/errors.js';
import { loadCommands } from './commands.js';
import { explainUsage } from './usage-errors.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/**
 * Runs one command to its end.
 * @param args what stands behind the program's name
 * @returns exit code: 0, 1 for what failed, 2 for wrong usage. A line on standard error says what was wrong.
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  try {
    await (await programFor(args[0])).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return reportFailure(error);
  }
}

/** One clear line on standard error. @returns exit code */
export function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof NowcastError) {
    process.stderr.write(`nowcast: ${error.message}\n`);
    return error.code === 'USAGE' ? EXIT_USAGE : EXIT_FAILED;
  }
  process.stderr.write(`nowcast: unexpected error: ${messageOf(error)}\n`);
  return EXIT_FAILED;
}

async function programFor(name: string | undefined): Promise<Command> {
  const root = new Command('nowcast')
    .description('Real-time electricity-demand nowcasting: collect, train, nowcast, serve.')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .configureHelp({ sortSubcommands: false });
  for (const command of await loadCommands(name)) root.addCommand(command);
  for (const command of allCommands(root)) explainUsage(command);
  return root;
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}
