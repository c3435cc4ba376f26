import { Admin } from '@platformatic/kafka';
import { pino } from 'pino';
import { describe } from 'vitest';
import { kafkaMissing, startTestBroker } from '../../../test/support/kafka.ts';
import { testDatabase } from '../../../test/support/postgres.ts';
import { describeEventLog } from '../conformance.ts';
import { openKafkaLog } from './log.ts';

const SHARED_MIGRATIONS = new URL('../../migrations/', import.meta.url);
const PREFIX = 'conformance.';

describe.skipIf(kafkaMissing !== null)('with a broker', () => {
  describeEventLog('Apache Kafka', async () => {
    const [service, broker] = await Promise.all([testDatabase([SHARED_MIGRATIONS]), startTestBroker()]);
    const brokers = [broker.address];
    return {
      database: service.database,
      openLog: () =>
        openKafkaLog({
          brokers,
          prefix: PREFIX,
          logger: pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' }),
          retry: { batchAttempts: 2, eventAttempts: 2, firstMs: 2, maxMs: 20 },
        }),
      forgetOffsets: async (group) => {
        const admin = new Admin({ clientId: 'test', bootstrapBrokers: brokers });
        await admin.deleteGroups({ groups: [PREFIX + group] });
        await admin.close();
      },
      cutConnections: async () => broker.cut(),
      remove: async () => {
        await broker.remove();
        await service.drop();
      },
    };
  });
});
