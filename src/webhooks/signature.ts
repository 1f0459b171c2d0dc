import { createHash, createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** A new signing secret, as the Standard Webhooks specification writes it. */
export function newSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** Headers of one attempt (Standard Webhooks): HMAC-SHA256 over `id.timestamp.body`. */
export function signedHeaders(
  secret: string,
  id: string,
  body: string,
  nowMs: number,
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** The same for the same webhook and event, whenever it is computed. */
export function deliveryId(webhookId: string, identity: string): string {
  const digest = createHash('sha256').update(`${webhookId}\n${identity}`).digest('base64url');
  return `msg_${digest.slice(0, 32)}`;
}
