import type { Command } from 'commander';

/** Makes a command say what is wrong with its use in one line that also says where to look, and exit by throwing. */
export function explainUsage(command: Command): void {
  command.exitOverride().configureOutput({
    outputError: (text, write) => {
      write(`nowcast: ${oneLine(text)}; see \`${pathOf(command)} --help\`\n`);
    },
  });
}

/** `error: unknown command 'exprot'\n(Did you mean export?)\n` as one clause without a full stop. */
function oneLine(text: string): string {
  return text
    .replace(/^error: /, '')
    .trim()
    .split(/\s*\n\s*/)
    .join(' ')
    .replace(/\.$/, '');
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
