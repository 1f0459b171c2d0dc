import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openEmbeddedLog } from '../../src/log/embedded-log.js';
import type { EventLog } from '../../src/log/event-log.js';
import { openLocalCodec } from '../../src/log/local-codec.js';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { loadTopicSpecs } from '../../src/log/topic-specs.js';
import { AuditTrail } from '../../src/ops/audit.js';
import { watchAudit } from '../../src/ops/audit-watch.js';
import { HealthRegistry } from '../../src/ops/health.js';
import { createLogger } from '../../src/ops/logger.js';
import { createMetrics } from '../../src/ops/metrics.js';
import { readTopic } from '../integration/support/topic.js';

const ACTOR = { name: 'test' };

describe('the audit trail', () => {
  let dir: string;
  let log: EventLog;
  let codec: SchemaCodec;
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'nowcast-audit-'));
    log = await openEmbeddedLog({ dir });
    await log.ensureTopics(loadTopicSpecs());
    codec = await openLocalCodec({ dir });
    await codec.register(['audit']);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(async () => {
    await log.close();
    rmSync(dir, { recursive: true });
  });

  const now = (): number => Date.UTC(2026, 0, 1);

  it('knows of which calls the end is written', async () => {
    const trail = new AuditTrail(log, codec, now);
    const actor = { ...ACTOR };
    const first = await trail.begin(actor, 'keys.create', 'key:1');
    expect(trail.hasWritten(actor)).toBe(false);
    await trail.done(actor, 'keys.create', 'key:1', { name: 'ops' });
    expect(trail.hasWritten(actor)).toBe(true);
    const entries = await readTopic(log, codec, 'audit');
    expect(entries.slice(first)).toMatchObject([
      { outcome: 'begun', target: 'key:1' },
      { outcome: 'ok', target: 'key:1', details: { name: 'ops' } },
    ]);
  });

  it('gives a log that does not answer up after a while, and tells when its entry has come after all', async () => {
    const metrics = createMetrics();
    const health = new HealthRegistry(now, []);
    const logger = createLogger({ level: 'silent', pretty: false });
    const append = log.append.bind(log);
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    vi.spyOn(log, 'append').mockImplementation(async (topic, records) => {
      await answered;
      return append(topic, records);
    });
    const trail = new AuditTrail(log, codec, now, watchAudit({ metrics, health, logger }), 5);
    await expect(trail.begin(ACTOR, 'models.promote', 'm1')).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      retriable: true,
      message: expect.stringMatching(
        /^models\.promote of m1 was not begun and nothing was changed: .*within 0\.005 s/,
      ) as string,
    });
    const check = () => health.readiness().checks.find(({ name }) => name === 'audit');
    expect(check()?.ok).toBe(false);
    answer();
    await vi.waitFor(() => expect(check()?.ok).toBe(true));
    expect((await metrics.auditFailuresTotal.get()).values[0]?.value).toBe(1);
  });

  it('shows callers nothing of what nobody foresaw', async () => {
    vi.spyOn(log, 'append').mockRejectedValue(new TypeError('secret inside'));
    const trail = new AuditTrail(log, codec, now);
    await expect(trail.done(ACTOR, 'keys.create', 'key:1')).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      retriable: false,
      message: expect.not.stringContaining('secret') as string,
    });
  });
});
