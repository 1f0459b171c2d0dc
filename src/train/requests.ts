import { randomUUID } from 'node:crypto';
import type { TrainingRequest } from '../contracts/records.js';
import { toIso } from '../contracts/time.js';
import { recordHead } from '../log/record-head.js';
import type { Publisher } from './publish.js';

/** A request with an id of its own. */
export function newRequest(
  kind: TrainingRequest['kind'],
  zones: readonly string[],
  requestedBy: string,
  nowMs: number,
): TrainingRequest {
  return { id: randomUUID(), kind, zones: [...zones], requestedAt: toIso(nowMs), requestedBy };
}

/** Appends requests to `training.requests`. */
export async function publishRequests(
  { log, codec }: Publisher,
  requests: readonly TrainingRequest[],
  nowMs: number,
): Promise<void> {
  if (requests.length === 0) return;
  await log.append(
    'training.requests',
    requests.map((request) => ({
      key: request.id,
      value: codec.encode('training.requests', request),
      timestampMs: nowMs,
      headers: recordHead('training.requests', request.requestedBy),
    })),
  );
}
