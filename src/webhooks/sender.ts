import { Agent, request } from 'undici';
import { messageOf } from '../contracts/errors.js';
import { checkWebhookUrl, guardedLookup, type AddressRules } from './address-guard.js';
import { signedHeaders } from './signature.js';
import type { Delivery, Webhook } from './webhook.js';

export interface AttemptResult {
  readonly ok: boolean;
  /** HTTP status; null without an answer. */
  readonly status: number | null;
  /** Why it failed; null when it did not. */
  readonly error: string | null;
  /** What the receiver asked to wait, milliseconds. */
  readonly retryAfterMs: number | null;
}

export interface SenderOptions extends AddressRules {
  /** For the whole of an attempt. */
  readonly timeoutMs: number;
  readonly userAgent: string;
}

/** Receivers answer with a status; of the body no more than this is taken before the connection is ended. */
const MAX_ANSWER_BYTES = 16 * 1024;
const MAX_REASON_LENGTH = 300;

/** Makes single attempts. Redirects are not followed: they would lead past the check of the address. */
export class WebhookSender {
  private readonly agent: Agent;

  constructor(private readonly options: SenderOptions) {
    const { timeoutMs } = options;
    this.agent = new Agent({
      connect: { lookup: guardedLookup(options), timeout: timeoutMs },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: MAX_ANSWER_BYTES,
      // A name is looked up for each attempt: what was checked must be what is connected to.
      pipelining: 0,
    });
  }

  /** Never throws: what goes wrong is the result. @param nowMs goes into the signature */
  async send(webhook: Webhook, delivery: Delivery, nowMs: number): Promise<AttemptResult> {
    try {
      const url = checkWebhookUrl(webhook.url, this.options);
      const { statusCode, headers, body } = await request(url, {
        dispatcher: this.agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': this.options.userAgent,
          ...signedHeaders(webhook.secret, delivery.id, delivery.body, nowMs),
        },
        body: delivery.body,
        signal: AbortSignal.timeout(this.options.timeoutMs),
      });
      // The status has decided; what the body holds, and whether it ends, does not matter.
      await body.dump({ limit: MAX_ANSWER_BYTES }).catch(() => undefined);
      const ok = statusCode >= 200 && statusCode < 300;
      const error = ok ? null : `the receiver answered ${statusCode}`;
      return { ok, status: statusCode, error, retryAfterMs: retryAfter(headers['retry-after'], nowMs) };
    } catch (error) {
      return { ok: false, status: null, error: reasonOf(error, this.options.timeoutMs), retryAfterMs: null };
    }
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, code } = error as { name?: string; code?: string };
  if (name === 'TimeoutError' || code?.endsWith('_TIMEOUT') === true)
    return `no answer within ${timeoutMs} ms`;
  const message = messageOf(error);
  const told = code === undefined || message.includes(code) ? message : `${message} (${code})`;
  return told.slice(0, MAX_REASON_LENGTH);
}

function retryAfter(header: string | string[] | undefined, nowMs: number): number | null {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return null;
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isFinite(waitMs) && waitMs > 0 ? waitMs : null;
}
