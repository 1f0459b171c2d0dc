import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openEmbeddedLog } from '../../src/log/embedded-log.js';
import { openLocalCodec } from '../../src/log/local-codec.js';
import { loadTopicSpecs } from '../../src/log/topic-specs.js';
import { registryContract } from '../contract/registry-contract.js';

registryContract(async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'nowcast-registry-'));
  const log = await openEmbeddedLog({ dir: path.join(dir, 'log') });
  await log.ensureTopics(loadTopicSpecs().filter(({ name }) => ['models', 'audit'].includes(name)));
  const codec = await openLocalCodec({ dir });
  await codec.register(['models', 'audit']);
  return {
    log,
    codec,
    close: async () => {
      await log.close();
      rmSync(dir, { recursive: true });
    },
  };
});
