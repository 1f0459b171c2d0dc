import { at, fires, silent, type AlertCase } from './alert-case.js';

const deliveries = (outcome: string): string =>
  `nowcast_webhook_deliveries_total{outcome="${outcome}",job="serve",instance="a"}`;
const attempts = (outcome: string): string =>
  `nowcast_webhook_attempts_total{outcome="${outcome}",job="serve",instance="a"}`;
const auditFailures = `nowcast_audit_failures_total${at('serve')}`;

/** Webhooks and the audit. */
export const SERVING: readonly AlertCase[] = [
  fires('NowcastWebhookDead', 'the very first', { [deliveries('dead')]: '0x20 1x40' }, 25),
  silent('NowcastWebhookDead', 'long ago', { [deliveries('dead')]: '0x20 1x60' }, 60),
  silent('NowcastWebhookDead', 'all delivered', { [deliveries('delivered')]: '0+5x60' }, 30),
  fires(
    'NowcastWebhookFailing',
    'three of four',
    { [attempts('failed')]: '0+3x90', [attempts('ok')]: '0+1x90' },
    60,
  ),
  silent(
    'NowcastWebhookFailing',
    'one of four',
    { [attempts('failed')]: '0+1x90', [attempts('ok')]: '0+3x90' },
    60,
  ),
  silent(
    'NowcastWebhookFailing',
    'nobody subscribes',
    { [attempts('failed')]: '0x90', [attempts('ok')]: '0x90' },
    60,
  ),
  fires('NowcastAuditFails', 'the very first', { [auditFailures]: '0x20 1x40' }, 25),
  silent('NowcastAuditFails', 'none', { [auditFailures]: '0x60' }, 30),
];
