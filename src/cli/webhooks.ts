import { Command, Option } from 'commander';
import { NowcastError } from '../contracts/errors.js';
import { toIso } from '../contracts/time.js';
import { createLogger } from '../ops/logger.js';
import { openContext } from '../roles/context.js';
import { openRegistry } from '../roles/open-registry.js';
import { openWebhooks } from '../roles/open-webhooks.js';
import { EVENT_FAMILIES, EVENT_TYPES } from '../webhooks/events.js';
import type { WebhookService } from '../webhooks/service.js';
import type { Webhook } from '../webhooks/webhook.js';
import { cliActor } from './cli-actor.js';
import { configFrom, parseOutputFile, withCommonOptions, writeJson, type CommonOptions } from './options.js';
import { table } from './table.js';

interface WebhooksOptions extends CommonOptions {
  json?: string | true;
}

interface AddOptions extends WebhooksOptions {
  events?: string[];
  zone?: string[];
  description?: string;
}

interface ReplayOptions extends WebhooksOptions {
  delivery?: string;
}

/** What was done, for the audit; null when nothing was changed. */
interface Done {
  readonly action: string;
  readonly target: string;
}

export function webhooksCommand(): Command {
  const webhooks = new Command('webhooks').description(
    'list, add, remove or try the addresses that events are posted to, and send dead deliveries again',
  );
  const commands = [
    subcommand('list', 'every webhook, without its secret').action((options: WebhooksOptions) =>
      withWebhooks(options, async (service) => list(service, options)),
    ),
    subcommand('add', 'subscribe an address; prints the signing secret, this once')
      .argument('<url>', 'https address that deliveries are posted to')
      .addOption(
        new Option('--events <event...>', 'what to send; all by default').choices([
          ...EVENT_FAMILIES,
          ...EVENT_TYPES,
        ]),
      )
      .option('--zone <zone...>', 'only what is about these zones')
      .option('--description <text>', 'for people')
      .action((url: string, options: AddOptions) =>
        withWebhooks(options, (service) => add(service, url, options)),
      ),
    subcommand('remove', 'remove a webhook and what is on its way to it')
      .argument('<id>', 'as `nowcast webhooks list` shows it')
      .action((id: string, options: WebhooksOptions) =>
        withWebhooks(options, async ({ store }) => {
          await store.remove(id);
          process.stdout.write(`${id} is removed\n`);
          return { action: 'remove', target: id };
        }),
      ),
    subcommand('test', 'send a test event now, once; exit 1 when it is not taken')
      .argument('<id>', 'as `nowcast webhooks list` shows it')
      .action((id: string, options: WebhooksOptions) =>
        withWebhooks(options, (service) => test(service, id, options)),
      ),
    subcommand(
      'replay',
      'send dead deliveries again under the same id; a running service does it within seconds',
    )
      .argument('<id>', 'as `nowcast webhooks list` shows it')
      .option('--delivery <id>', 'only this delivery, whatever its state')
      .action((id: string, options: ReplayOptions) =>
        withWebhooks(options, async (service) => {
          const replayed = await service.replay(id, options.delivery);
          if (options.json === undefined) process.stdout.write(`${replayed} deliveries are sent again\n`);
          else writeJson(options.json, { replayed });
          return { action: 'replay', target: id };
        }),
      ),
  ];
  for (const command of commands) webhooks.addCommand(command);
  return webhooks;
}

function subcommand(name: string, description: string): Command {
  return withCommonOptions(new Command(name).description(description)).option(
    '--json [file]',
    'machine-readable output, to standard output or a file',
    parseOutputFile,
  );
}

async function withWebhooks(
  options: CommonOptions,
  use: (service: WebhookService) => Promise<Done | null>,
): Promise<void> {
  const config = configFrom(options);
  const context = await openContext({ config, logger: createLogger({ level: 'warn', pretty: true }) });
  const service = openWebhooks(context);
  try {
    const done = await use(service);
    if (done === null) return;
    const { audit } = openRegistry(context);
    await audit.done(cliActor(), `webhooks.${done.action}`, done.target);
  } finally {
    await service.close();
    await context.close();
  }
}

async function list({ store }: WebhookService, { json }: WebhooksOptions): Promise<null> {
  const webhooks = store.list().map(withoutSecret);
  if (json !== undefined) writeJson(json, { webhooks });
  else if (webhooks.length === 0)
    process.stdout.write('no webhooks; add one with `nowcast webhooks add URL`\n');
  else {
    const rows = webhooks.map((one) => {
      const count = (status: 'pending' | 'dead'): string => String(store.deliveriesOf(one.id, status).length);
      return [
        one.id,
        one.url,
        one.events.join(' '),
        one.zones?.join(', ') ?? 'all',
        count('pending'),
        count('dead'),
      ];
    });
    process.stdout.write(table(['id', 'url', 'events', 'zones', 'pending', 'dead'], rows));
  }
  return null;
}

async function add(service: WebhookService, url: string, options: AddOptions): Promise<Done> {
  const { events, zone, description, json } = options;
  const webhook = await service.add({
    url,
    ...(events === undefined ? {} : { events }),
    ...(zone === undefined ? {} : { zones: zone }),
    ...(description === undefined ? {} : { description }),
  });
  if (json !== undefined) writeJson(json, { ...withoutSecret(webhook), secret: webhook.secret });
  else process.stdout.write(`${webhook.id}\nsigning secret, shown this once: ${webhook.secret}\n`);
  return { action: 'add', target: webhook.id };
}

async function test(service: WebhookService, id: string, { json }: WebhooksOptions): Promise<Done> {
  const { ok, status, error, deliveryId } = await service.test(id);
  if (json !== undefined) writeJson(json, { deliveryId, ok, status, error });
  if (!ok)
    throw new NowcastError(
      'SOURCE_UNAVAILABLE',
      `webhook ${id} did not take the test event: ${error ?? 'no answer'}`,
    );
  if (json === undefined)
    process.stdout.write(`${id} took the test event ${deliveryId} (${String(status)})\n`);
  return { action: 'test', target: id };
}

function withoutSecret({ id, url, description, events, zones, createdAtMs }: Webhook): {
  id: string;
  url: string;
  description: string;
  events: readonly string[];
  zones: readonly string[] | null;
  createdAt: string;
} {
  return { id, url, description, events, zones, createdAt: toIso(createdAtMs) };
}
