#!/usr/bin/env node
import('../dist/cli/main.js').catch((error) => {
  const missing = error?.code === 'ERR_MODULE_NOT_FOUND' && !String(error.message).includes('node_modules');
  process.stderr.write(
    missing
      ? 'nowcast: not built yet; run `npm run build` first\n'
      : `nowcast: could not start: ${error?.message ?? error}\n`,
  );
  process.exitCode = 1;
});
