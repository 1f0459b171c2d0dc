import { Command } from 'commander';
import { NowcastError } from '../contracts/errors.js';
import { examine } from '../roles/doctor.js';
import { configFrom, withCommonOptions, writeJson, parseOutputFile, type CommonOptions } from './options.js';

interface DoctorOptions extends CommonOptions {
  json?: string | true;
}

export function doctorCommand(): Command {
  return withCommonOptions(new Command('doctor'))
    .description('check everything this configuration needs and say what to mend')
    .option(
      '--json [file]',
      'the findings, machine-readable; without a file to standard output',
      parseOutputFile,
    )
    .action(async (options: DoctorOptions) => {
      const findings = await examine(configFrom(options));
      if (options.json !== undefined) writeJson(options.json, findings);
      else
        for (const { ok, name, detail } of findings)
          process.stdout.write(`${ok ? 'ok  ' : 'FAIL'}  ${name}: ${detail}\n`);
      const failed = findings.filter(({ ok }) => !ok);
      if (failed.length > 0)
        throw new NowcastError('CONFIG_INVALID', `${failed.length} of ${findings.length} checks failed`);
    });
}
