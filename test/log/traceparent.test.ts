import { describe, expect, it } from 'vitest';
import { childTraceparent } from '../../src/log/traceparent.js';

const W3C = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/;
/** More than one block of random bytes. */
const MANY = 1000;

describe('childTraceparent', () => {
  it('begins a new trace where there was none, never the same one twice', () => {
    const made = Array.from({ length: MANY }, () => childTraceparent(undefined));
    for (const each of made) expect(each).toMatch(W3C);
    expect(new Set(made.map((each) => each.slice(3, 35))).size).toBe(MANY);
  });

  it('keeps the trace of its cause and gives each record its own span', () => {
    const parent = childTraceparent(undefined);
    const children = Array.from({ length: MANY }, () => childTraceparent(parent));
    expect(new Set(children.map((each) => each.slice(0, 35)))).toEqual(new Set([parent.slice(0, 35)]));
    expect(new Set([parent, ...children].map((each) => each.slice(36, 52))).size).toBe(MANY + 1);
  });

  it('takes what is no trace context for none', () => {
    expect(childTraceparent('00-short-1-01')).toMatch(W3C);
  });
});
