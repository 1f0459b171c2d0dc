import ipaddr from 'ipaddr.js';

/** Callers remembered; the one not seen for longest is forgotten first. */
const MAX_CALLERS = 20_000;
const MINUTE_MS = 60_000;
/** An IPv6 customer has at least this much to choose addresses from. */
const IPV6_PREFIX_GROUPS = 4;

export interface RateVerdict {
  readonly allowed: boolean;
  readonly limit: number;
  /** Calls that would be allowed right now. */
  readonly remaining: number;
  /** Whole seconds until the next call is allowed; 0 when this one was. */
  readonly retryAfterSeconds: number;
  /** The first refusal since a call was allowed: what is noted once, however many follow. */
  readonly firstRefusal: boolean;
}

interface Bucket {
  credit: number;
  atMs: number;
  refused: boolean;
}

/** A token bucket for each caller: a minute's worth at once, then a steady rate. */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly perMinute: number) {}

  take(caller: string, nowMs: number): RateVerdict {
    const bucket = this.refilled(caller, nowMs);
    const allowed = bucket.credit >= 1;
    const firstRefusal = !allowed && !bucket.refused;
    if (allowed) bucket.credit -= 1;
    bucket.refused = !allowed;
    const waitMs = allowed ? 0 : ((1 - bucket.credit) / this.perMinute) * MINUTE_MS;
    return {
      allowed,
      limit: this.perMinute,
      remaining: Math.floor(bucket.credit),
      retryAfterSeconds: Math.ceil(waitMs / 1000),
      firstRefusal,
    };
  }

  private refilled(caller: string, nowMs: number): Bucket {
    const known = this.buckets.get(caller);
    const bucket = known ?? { credit: this.perMinute, atMs: nowMs, refused: false };
    const earned = (Math.max(0, nowMs - bucket.atMs) / MINUTE_MS) * this.perMinute;
    bucket.credit = Math.min(this.perMinute, bucket.credit + earned);
    bucket.atMs = nowMs;
    // A Map keeps the order of insertion, so the first is the one not seen for longest.
    this.buckets.delete(caller);
    this.buckets.set(caller, bucket);
    if (this.buckets.size > MAX_CALLERS) this.forgetOldest();
    return bucket;
  }

  private forgetOldest(): void {
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}

/** One name for all addresses of a caller: an IPv6 address counts by its /64, an IPv4 one in IPv6 clothes as IPv4. */
export function callerOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const groups = (parsed as ipaddr.IPv6).parts.slice(0, IPV6_PREFIX_GROUPS);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}
