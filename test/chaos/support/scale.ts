/** How long and how wide the chaos runs are; NOWCAST_CHAOS=full takes minutes. */
export interface ChaosScale {
  readonly clients: number;
  /** Clients of the zone with large nowcasts: only these can become slow within the time. */
  readonly largeClients: number;
  readonly durationMs: number;
  /** Time between two restarts of a gateway. */
  readonly restartEveryMs: number;
  /** Mean time between two mishaps of one client. */
  readonly mishapEveryMs: number;
}

const SHORT: ChaosScale = {
  clients: 60,
  largeClients: 4,
  durationMs: 8_000,
  restartEveryMs: 2_000,
  mishapEveryMs: 2_500,
};

const FULL: ChaosScale = {
  clients: 500,
  largeClients: 10,
  durationMs: 120_000,
  restartEveryMs: 12_000,
  mishapEveryMs: 10_000,
};

export function chaosScale(): ChaosScale {
  return process.env['NOWCAST_CHAOS'] === 'full' ? FULL : SHORT;
}
