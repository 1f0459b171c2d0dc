import { NowcastError } from '../contracts/errors.js';
import type { ModelRecord } from '../contracts/records.js';
import type { ModelSwap } from './registry.js';

/** The record of a version with another status. @param what was done, and by whom */
export function withStatus(
  record: ModelRecord,
  status: ModelRecord['status'],
  what: string,
  reason: string | undefined,
): ModelRecord {
  return { ...record, status, statusReason: reason === undefined ? what : `${what}: ${reason}` };
}

/** What a swap leaves in the audit; nothing of other results. */
export function detailsOf(result: unknown): Record<string, string> {
  const swap = result as Partial<ModelSwap> | null;
  if (typeof swap !== 'object' || swap === null || swap.replaced === undefined) return {};
  const replaced = Object.entries(swap.replaced).map(([zone, version]) => `${zone}: ${version ?? 'none'}`);
  return {
    version: swap.version ?? '',
    replaced: replaced.join(', '),
    retired: swap.retired ?? '',
    changed: String(swap.changed),
  };
}

export function notFound(version: string): NowcastError {
  return new NowcastError(
    'MODEL_NOT_FOUND',
    `no model version ${JSON.stringify(version)}; see \`nowcast models list\` or GET /v1/models`,
  );
}
