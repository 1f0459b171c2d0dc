import { reportFailure, runProgram } from './program.js';

process.on('unhandledRejection', (error) => {
  process.exit(reportFailure(error));
});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// Everything that must be kept is durable by the end: a training that was cut off must not keep the process alive.
process.exit(await runProgram(process.argv.slice(2)));
