import { describe } from 'vitest';
import type { EventLog } from '../../src/log/event-log.js';
import { openKafkaLog } from '../../src/log/kafka-log.js';
import { describeEventLogContract } from '../contract/event-log-contract.js';
import { servicesOrSkip, uniqueName } from './support/services.js';

const services = await servicesOrSkip(['kafka']);

describe.skipIf(services.skipReason !== null)('Kafka log', () => {
  describeEventLogContract(
    'Kafka',
    async () => {
      const topicPrefix = `${uniqueName('contract')}.`;
      const handles: EventLog[] = [];
      const open = async (): Promise<EventLog> => {
        const log = await openKafkaLog({ brokers: services.kafkaBrokers, clientId: 'contract', topicPrefix });
        handles.push(log);
        return log;
      };
      const cleanup = async (): Promise<void> => {
        for (const handle of handles) await handle.close();
      };
      return { log: await open(), reopen: open, cleanup };
    },
    { maintains: false },
  );
});
