import { it } from 'vitest';

/** The long tests run with NOWCAST_TESTS=full; what they guard is also guarded, less closely, by shorter ones. */
export const RUNS_LONG_TESTS = process.env['NOWCAST_TESTS'] === 'full';

/** A test that takes minutes of processor time. */
export const longIt = RUNS_LONG_TESTS ? it : it.skip;
