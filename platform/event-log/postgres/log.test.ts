import { pino } from 'pino';
import { testDatabase } from '../../../test/support/postgres.ts';
import { sql } from '../../postgres/database.ts';
import { describeEventLog } from '../conformance.ts';
import { LOG_MIGRATIONS, openPostgresLog } from './log.ts';

const SHARED_MIGRATIONS = new URL('../../migrations/', import.meta.url);

const cut = sql(
  'test.cut',
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
);

const forget = sql('test.forget_offsets', 'UPDATE consumer_offset SET next_offset = 0 WHERE consumer_group = $1');

describeEventLog('PostgreSQL', async () => {
  const [service, log] = await Promise.all([testDatabase([SHARED_MIGRATIONS]), testDatabase([LOG_MIGRATIONS])]);
  return {
    database: service.database,
    openLog: () =>
      openPostgresLog({
        connectionString: log.connectionString,
        logger: pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' }),
        poolSize: 4,
        otherProcesses: true,
        retry: { batchAttempts: 2, eventAttempts: 2, firstMs: 2, maxMs: 20 },
      }),
    forgetOffsets: async (group) => void (await log.database.run(forget, [group])),
    cutConnections: async () => void (await log.database.rows(cut)),
    remove: async () => {
      await Promise.all([service.drop(), log.drop()]);
    },
  };
});
