import { Presets, SingleBar } from 'cli-progress';

/** Progress of long work: a bar on a terminal, a line at every tenth otherwise. On standard error. */
export interface Progress {
  /** @param done from 0 to `total` */
  update(done: number, note?: string): void;
  stop(): void;
}

export function startProgress(title: string, total: number): Progress {
  return process.stderr.isTTY ? bar(title, total) : lines(title, total);
}

function bar(title: string, total: number): Progress {
  const format = `${title} [{bar}] {percentage}% | {value}/{total} | ETA {eta_formatted} {note}`;
  const single = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
  single.start(total, 0, { note: '' });
  return {
    update: (done, note = '') => {
      single.update(Math.min(done, total), { note });
    },
    stop: () => {
      single.stop();
    },
  };
}

function lines(title: string, total: number): Progress {
  let tenth = -1;
  return {
    update: (done, note = '') => {
      const now = total === 0 ? 10 : Math.floor((10 * Math.min(done, total)) / total);
      if (now === tenth) return;
      tenth = now;
      process.stderr.write(`${title}: ${now * 10} %${note === '' ? '' : ` (${note})`}\n`);
    },
    stop: () => undefined,
  };
}
