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
  return `msg_${digestOf(`${webhookId}\n${identity}`)}`;
}

/** The same for the same event, whoever tells of it. */
export function eventId(identity: string): string {
  return `evt_${digestOf(identity)}`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 32);
}
