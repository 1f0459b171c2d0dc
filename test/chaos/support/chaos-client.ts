import { WebSocket } from 'ws';
import { NowcastFeed, type FeedGap } from '../../../src/client/index.js';
import type { FeedServerMessage } from '../../../src/contracts/generated/feed-server-message.js';

export type Delivery =
  | { readonly type: 'snapshot'; readonly seq: number }
  | { readonly type: 'nowcast'; readonly seq: number; readonly zone: string; readonly conflated: number };

/** A client that mishaps befall, and what it saw. */
export class ChaosClient {
  readonly feed: NowcastFeed;
  readonly deliveries: Delivery[] = [];
  readonly gaps: FeedGap[] = [];
  /** What the server did that its protocol does not allow. */
  readonly violations: string[] = [];
  readonly closeCodes: number[] = [];
  connections = 0;
  resumes = 0;
  private socket: WebSocket | null = null;

  /** @param pickUrl a gateway for each attempt, as a load balancer would */
  constructor(
    readonly zones: readonly string[],
    pickUrl: () => string,
  ) {
    this.feed = new NowcastFeed({
      url: 'ws://balancer.test/v1/feed',
      zones,
      firstRetryMs: 50,
      longestRetryMs: 1_000,
      // Longer than any pause of reading: who ends a slow connection is the server.
      silenceLimitMs: 60_000,
      createSocket: ({ protocols }) => this.open(pickUrl(), protocols) as never,
    });
    this.feed.on('gap', (gap) => this.gaps.push(gap));
    this.feed.on('message', (message) => this.delivered(message));
    this.feed.on('error', (error) => this.violations.push(error.message));
    this.feed.start();
  }

  /** The network is cut: nobody says goodbye. */
  cut(): void {
    this.socket?.terminate();
  }

  /** Reads nothing from now on. */
  freeze(): void {
    this.socket?.pause();
  }

  thaw(): void {
    this.socket?.resume();
  }

  private open(url: string, protocols: readonly string[]): WebSocket {
    const socket = new WebSocket(url, [...protocols]);
    this.socket = socket;
    this.connections += 1;
    let lastSeq = -2;
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as FeedServerMessage;
      if (message.type === 'subscribed') lastSeq = message.seq;
      if (message.type === 'subscribed' && message.recovered) this.resumes += 1;
      if (message.type !== 'nowcast') return;
      if (message.seq <= lastSeq)
        this.violations.push(`seq ${message.seq} after ${lastSeq} on one connection`);
      if (!this.zones.includes(message.nowcast.zone)) this.violations.push('a zone nobody asked for');
      lastSeq = message.seq;
    });
    socket.on('close', (code) => this.closeCodes.push(code));
    return socket;
  }

  private delivered(message: FeedServerMessage): void {
    if (message.type === 'snapshot') this.deliveries.push({ type: 'snapshot', seq: message.seq });
    if (message.type !== 'nowcast') return;
    const { seq, nowcast, conflated = 0 } = message;
    this.deliveries.push({ type: 'nowcast', seq, zone: nowcast.zone, conflated });
  }
}

/**
 * What a client saw, held against the log: after a snapshot each nowcast of its zones came once, in order, or was counted
 * as conflated.
 * @param seqsByZone of each zone every seq in the log, rising
 * @returns what cannot be explained; empty when all is well
 */
export function unexplained(
  deliveries: readonly Delivery[],
  zones: readonly string[],
  seqsByZone: ReadonlyMap<string, readonly number[]>,
): string[] {
  const problems: string[] = [];
  const reached = new Map<string, number>();
  for (const one of deliveries) {
    if (one.type === 'snapshot') {
      for (const zone of zones) reached.set(zone, indexAfter(seqsByZone.get(zone) ?? [], one.seq));
      continue;
    }
    const at = indexAfter(seqsByZone.get(one.zone) ?? [], one.seq) - 1;
    const skipped = at - (reached.get(one.zone) ?? 0);
    if (skipped !== one.conflated) {
      problems.push(`${one.zone} seq ${one.seq}: ${skipped} skipped, ${one.conflated} conflated`);
    }
    reached.set(one.zone, at + 1);
  }
  for (const zone of zones) {
    const left = (seqsByZone.get(zone)?.length ?? 0) - (reached.get(zone) ?? 0);
    if (left !== 0) problems.push(`${zone}: the last ${left} never came`);
  }
  return problems;
}

/** How many of the rising numbers are not above the given one. */
function indexAfter(rising: readonly number[], seq: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rising[middle] ?? Infinity) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
