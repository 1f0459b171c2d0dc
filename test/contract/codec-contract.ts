/**
 * The one suite that both SchemaCodec drivers must pass.
 *
 *   describeCodecContract(name, open)
 *
 * `open()` gives a codec on which nothing is registered yet, `another` (a further codec on the same source of ids, as a
 * second process would open it) and `cleanup`. Topics are the product's own: subjects may already be there.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SchemaCodec } from '../../src/log/schema-codec.js';
import { DEMAND, nowcastOf } from './sample-records.js';

export interface OpenedCodec {
  readonly codec: SchemaCodec;
  readonly another: () => Promise<SchemaCodec>;
  readonly cleanup: () => Promise<void>;
}

export function describeCodecContract(name: string, open: () => Promise<OpenedCodec>): void {
  describe(`SchemaCodec contract: ${name}`, () => {
    let opened: OpenedCodec;
    let codec: SchemaCodec;
    beforeAll(async () => {
      opened = await open();
      codec = opened.codec;
      expect(() => codec.encode('demand.observed', DEMAND)).toThrow(
        expect.objectContaining({ code: 'SCHEMA_UNKNOWN' }),
      );
      await codec.register(['demand.observed', 'nowcasts']);
    });
    afterAll(async () => {
      await opened.cleanup();
    });

    it('gives back what it encoded', () => {
      expect(codec.decode('demand.observed', codec.encode('demand.observed', DEMAND))).toEqual({
        ok: true,
        value: DEMAND,
      });
      const nowcast = nowcastOf(58);
      expect(codec.decode('nowcasts', codec.encode('nowcasts', nowcast))).toEqual({
        ok: true,
        value: nowcast,
      });
    });

    it('frames UTF-8 JSON behind byte 0 and a schema id, the same one each time', () => {
      const bytes = Buffer.from(codec.encode('demand.observed', DEMAND));
      expect(bytes[0]).toBe(0);
      expect(bytes.readInt32BE(1)).toBeGreaterThanOrEqual(0);
      expect(bytes.subarray(5).toString('utf8')).toBe(JSON.stringify(DEMAND));
      expect(Buffer.from(codec.encode('demand.observed', DEMAND)).equals(bytes)).toBe(true);
    });

    it('has one id a schema, also in another codec on the same source', async () => {
      const another = await opened.another();
      await Promise.all([
        another.register(['demand.observed', 'nowcasts']),
        another.register(['demand.observed']),
      ]);
      const bytes = codec.encode('demand.observed', DEMAND);
      expect(Buffer.from(another.encode('demand.observed', DEMAND)).equals(Buffer.from(bytes))).toBe(true);
      const idOf = (value: Uint8Array): number => Buffer.from(value).readInt32BE(1);
      expect(idOf(codec.encode('nowcasts', nowcastOf(1)))).not.toBe(idOf(bytes));
    });

    it('decodes what another codec wrote once prepare has learnt the id', async () => {
      const reader = await opened.another();
      const bytes = codec.encode('demand.observed', DEMAND);
      expect(reader.decode('demand.observed', bytes)).toMatchObject({ ok: false, code: 'SCHEMA_UNKNOWN' });
      await Promise.all([reader.prepare([bytes, null, bytes]), reader.prepare([bytes])]);
      expect(reader.decode('demand.observed', bytes)).toEqual({ ok: true, value: DEMAND });
    });

    it('reports an id that nobody knows, and goes on', async () => {
      const foreign = Buffer.from(codec.encode('demand.observed', DEMAND));
      foreign.writeInt32BE(0x7ffffff0, 1);
      await codec.prepare([foreign]);
      expect(codec.decode('demand.observed', foreign)).toMatchObject({
        ok: false,
        code: 'SCHEMA_UNKNOWN',
        message: expect.stringMatching(/demand\.observed.*2147483632/) as string,
      });
      expect(codec.decode('demand.observed', codec.encode('demand.observed', DEMAND))).toMatchObject({
        ok: true,
      });
    });

    it.each([
      ['nothing', null],
      ['no bytes', Buffer.alloc(0)],
      ['too few bytes', Buffer.from([0, 0, 0])],
      ['another magic byte', Buffer.from('{"zone":"x"}')],
    ])('reports %s as undecodable', async (_, bytes) => {
      await codec.prepare([bytes]);
      expect(codec.decode('demand.observed', bytes)).toMatchObject({ ok: false, code: 'RECORD_UNDECODABLE' });
    });

    it('reports a payload that is not JSON, or not UTF-8, as undecodable', () => {
      const head = Buffer.from(codec.encode('demand.observed', DEMAND)).subarray(0, 5);
      for (const payload of [
        Buffer.from('{"zone": '),
        Buffer.from([0x22, 0xff, 0xfe, 0x22]),
        Buffer.alloc(0),
      ]) {
        const bytes = Buffer.concat([head, payload]);
        expect(codec.decode('demand.observed', bytes)).toMatchObject({
          ok: false,
          code: 'RECORD_UNDECODABLE',
        });
      }
    });

    it('refuses to encode an invalid record, naming topic, field and value', () => {
      const encode = (change: object) => () => codec.encode('demand.observed', { ...DEMAND, ...change });
      const refusal = (pattern: RegExp) =>
        expect.objectContaining({
          code: 'RECORD_INVALID',
          message: expect.stringMatching(pattern) as string,
        }) as Error;
      expect(encode({ demandMw: Number.NaN })).toThrow(refusal(/demand\.observed: demandMw .*NaN/));
      expect(encode({ demandMw: '12' })).toThrow(refusal(/demandMw must be number.*"12"/));
      expect(encode({ validTime: 'yesterday' })).toThrow(refusal(/validTime .*date-time.*"yesterday"/));
      expect(encode({ validTime: '2019-02-29T00:00:00.000Z' })).toThrow(refusal(/validTime .*2019-02-29/));
      expect(encode({ validTime: '2020-02-29T00:00:00.000Z' })).not.toThrow();
      expect(encode({ volts: 230 })).toThrow(refusal(/additional properties.*volts/));
      expect(encode({ zone: undefined })).toThrow(refusal(/zone/));
    });

    it('reports a record that breaks the schema of its topic', () => {
      const bytes = Buffer.from(codec.encode('demand.observed', DEMAND));
      const broken = Buffer.concat([
        bytes.subarray(0, 5),
        Buffer.from(JSON.stringify({ ...DEMAND, revision: -1 })),
      ]);
      expect(codec.decode('demand.observed', broken)).toMatchObject({
        ok: false,
        code: 'RECORD_INVALID',
        message: expect.stringMatching(/demand\.observed: revision .*-1/) as string,
      });
    });

    it('does not take the record of one topic for that of another', () => {
      const bytes = codec.encode('demand.observed', DEMAND);
      expect(codec.decode('nowcasts', bytes)).toMatchObject({ ok: false, code: 'RECORD_INVALID' });
    });
  });
}
