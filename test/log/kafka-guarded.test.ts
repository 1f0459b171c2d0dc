import { describe, expect, it } from 'vitest';
import { guarded } from '../../src/log/kafka-client.js';

/** As kafkajs throws it. */
const protocolError = (type: string): Error => Object.assign(new Error(`of Kafka: ${type}`), { type });

function failing(type: string, times: number): { call: () => Promise<string>; calls: () => number } {
  let count = 0;
  const call = (): Promise<string> => {
    count += 1;
    return count <= times ? Promise.reject(protocolError(type)) : Promise.resolve('answer');
  };
  return { call, calls: () => count };
}

describe('a call to the cluster', () => {
  it.each(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE'])('is made again after %s', async (type) => {
    const { call, calls } = failing(type, 2);
    expect(await guarded('could not ask', 't', call)).toBe('answer');
    expect(calls()).toBe(3);
  });

  it('is not made again after anything else, and the failure says what and why', async () => {
    const { call, calls } = failing('INVALID_TIMESTAMP', 1);
    await expect(guarded('could not ask', 't', call)).rejects.toThrowError(
      /^could not ask: of Kafka: INVALID_TIMESTAMP \(the record's time/,
    );
    expect(calls()).toBe(1);
  });

  it('is given up in the end, as one that may be tried later', async () => {
    const { call, calls } = failing('NOT_LEADER_FOR_PARTITION', Infinity);
    await expect(guarded('could not ask', 't', call)).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
      retriable: true,
    });
    expect(calls()).toBe(7);
  });
});
