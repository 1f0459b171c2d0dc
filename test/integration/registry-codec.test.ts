import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openRegistryCodec } from '../../src/log/registry-codec.js';
import { describeCodecContract } from '../contract/codec-contract.js';
import { DEMAND } from '../contract/sample-records.js';
import { servicesOrSkip } from './support/services.js';

const services = await servicesOrSkip(['registry']);

describe.skipIf(services.skipReason !== null)('schema registry', () => {
  const topicPrefix = `test-${randomUUID()}.`;
  const open = () => openRegistryCodec({ url: services.registryUrl, topicPrefix });

  describeCodecContract('registry', async () => ({
    codec: await open(),
    another: open,
    cleanup: async () => undefined,
  }));

  it('registers under the subject <prefix><topic>-value as JSON Schema', async () => {
    const codec = await open();
    await codec.register(['demand.observed']);
    const response = await fetch(
      `${services.registryUrl}/subjects/${topicPrefix}demand.observed-value/versions/latest`,
    );
    const latest = (await response.json()) as { id: number; schemaType: string };
    expect(latest.schemaType).toBe('JSON');
    expect(Buffer.from(codec.encode('demand.observed', DEMAND)).readInt32BE(1)).toBe(latest.id);
  });

  it('says so when the registry finds the schema incompatible with what is there', async () => {
    const subject = `${topicPrefix}alerts-value`;
    const send = async (method: string, path: string, body: object) => {
      const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
      const response = await fetch(`${services.registryUrl}${path}`, {
        method,
        headers,
        body: JSON.stringify(body),
      });
      expect(response.ok).toBe(true);
    };
    const closed = {
      type: 'object',
      additionalProperties: false,
      properties: { other: { type: 'integer' } },
    };
    const existing = { schemaType: 'JSON', schema: JSON.stringify(closed) };
    await send('POST', `/subjects/${subject}/versions`, existing);
    await send('PUT', `/config/${subject}`, { compatibility: 'BACKWARD' });
    const codec = await open();
    await expect(codec.register(['alerts'])).rejects.toMatchObject({
      code: 'SCHEMA_INCOMPATIBLE',
      message: expect.stringContaining(subject) as string,
    });
  });
});
