/**
 * A process that the tests start beside theirs: `append-child.ts <dir> <topic> <mode>`.
 * endless: appends batches of 50 for ever and prints "first last" of each once it is acknowledged.
 * group: joins the group "held" and prints "joined".
 */
import { openEmbeddedLog } from '../../src/log/embedded-log.js';

const [dir = '', topic = '', mode = 'endless'] = process.argv.slice(2);
const log = await openEmbeddedLog({ dir });
if (mode === 'group') {
  await log.subscribe({ group: 'held', topics: [topic], onBatch: async () => undefined });
  process.stdout.write('joined\n');
} else {
  for (let next = 0; ; next += 50) {
    const records = Array.from({ length: 50 }, (_, at) => ({
      key: 'zone',
      value: Buffer.from(`value ${next + at}`),
      timestampMs: 1_704_067_200_000 + next + at,
      headers: { source: 'child' },
    }));
    const [result] = await log.append(topic, records);
    process.stdout.write(`${result?.firstOffset ?? -1} ${result?.lastOffset ?? -1}\n`);
  }
}
