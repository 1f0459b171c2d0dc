import type { Command } from 'commander';

type Load = () => Promise<Command | readonly Command[]>;

const roles: Load = async () => (await import('./roles.js')).roleCommands();

/** Every command by name, in the order of the help. Its code is loaded when it is asked for, so that each starts fast. */
const COMMANDS: Readonly<Record<string, Load>> = {
  demo: async () => (await import('./demo.js')).demoCommand(),
  up: roles,
  stream: roles,
  serve: roles,
  collect: async () => (await import('./collect.js')).collectCommand(),
  train: async () => (await import('./train.js')).trainCommand(),
  replay: async () => (await import('./replay.js')).replayCommand(),
  backfill: async () => (await import('./backfill.js')).backfillCommand(),
  import: async () => (await import('./import.js')).importCommand(),
  export: async () => (await import('./export.js')).exportCommand(),
  backtest: async () => (await import('./backtest.js')).backtestCommand(),
  models: async () => (await import('./models.js')).modelsCommand(),
  keys: async () => (await import('./keys.js')).keysCommand(),
  webhooks: async () => (await import('./webhooks.js')).webhooksCommand(),
  topics: async () => (await import('./topics.js')).topicsCommand(),
  doctor: async () => (await import('./doctor.js')).doctorCommand(),
};

/** The command of this name, or all of them for help and for what is not a command. */
export async function loadCommands(name: string | undefined): Promise<Command[]> {
  const load = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const loads = load ? [load] : new Set(Object.values(COMMANDS));
  return (await Promise.all([...loads].map((each) => each()))).flat();
}
