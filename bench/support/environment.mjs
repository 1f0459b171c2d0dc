import os from 'node:os';

/** What a figure depends on besides the code. */
export function environment() {
  const cpus = os.cpus();
  return {
    date: new Date().toISOString(),
    node: process.version,
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    loadAverage1m: Number((os.loadavg()[0] ?? 0).toFixed(2)),
  };
}
