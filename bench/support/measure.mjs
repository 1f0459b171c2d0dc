/** Wall and CPU seconds of an action; CPU is that of the whole process, threads of ONNX Runtime and LMDB included. */
export async function timed(action) {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await action();
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

/**
 * Runs the variants A B C, A B C, ... so that whatever else the machine does falls on all of them alike.
 * @param {{ name: string, run: () => Promise<Record<string, number>> }[]} variants run gives figures of one round
 * @param {{ rounds: number, warmups?: number }} options
 * @returns {Promise<Map<string, Record<string, number>>>} per variant the median of each figure
 */
export async function interleave(variants, { rounds, warmups = 1 }) {
  const seen = new Map(variants.map(({ name }) => [name, []]));
  for (let round = -warmups; round < rounds; round += 1) {
    for (const { name, run } of variants) {
      const figures = await run();
      if (round >= 0) seen.get(name).push(figures);
    }
  }
  return new Map([...seen].map(([name, samples]) => [name, mediansOf(samples)]));
}

function mediansOf(samples) {
  const keys = Object.keys(samples[0] ?? {});
  return Object.fromEntries(
    keys.map((key) => [
      key,
      quantile(
        samples.map((sample) => sample[key]),
        0.5,
      ),
    ]),
  );
}

/** Quantile by linear interpolation. */
export function quantile(values, q) {
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}
