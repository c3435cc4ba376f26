import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import { sql } from '../../postgres/database.ts';
import { labelOf, loggedIn, recordOf } from '../test-events.ts';
import { appendRecords } from './append.ts';
import { LOG_MIGRATIONS, openPostgresLog, type PostgresLog } from './log.ts';

const WAIT = { timeout: 10_000, interval: 5 };
const waiting = sql(
  'test.waiting',
  `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
);
const offsets = sql(
  'test.offsets',
  `SELECT log_offset::int AS offset FROM record WHERE topic = 'user.events' ORDER BY log_offset`,
);

describe('offsets of the log on PostgreSQL', () => {
  let logDatabase: TestDatabase;
  let log: PostgresLog;

  beforeAll(async () => {
    logDatabase = await testDatabase([LOG_MIGRATIONS]);
    const logger = pino({ level: 'silent' });
    log = await openPostgresLog({ connectionString: logDatabase.connectionString, logger, poolSize: 3, otherProcesses: true });
  });
  afterAll(async () => {
    await log.close();
    await logDatabase.drop();
  });

  it('follow the order of commits without gaps, so who remembers one misses no record that commits late', async () => {
    const seen: string[] = [];
    await log.tail('user.events', (events) => {
      seen.push(...events.map(labelOf));
    });
    const client = new pg.Client({ connectionString: logDatabase.connectionString });
    await client.connect();
    const slow = {
      rows: async <Row>({ text }: { text: string }, values: readonly unknown[] = []) =>
        (await client.query(text, [...values])).rows as Row[],
    };
    for (const end of ['ROLLBACK', 'COMMIT']) {
      await client.query('BEGIN');
      await appendRecords(slow, [recordOf([loggedIn('k', `slow ${end}`)])], true);
      const fast = log.append([recordOf([loggedIn('k', `fast ${end}`)])]);
      // The second waits for the first's end: it may not take an offset that becomes visible before a lower one.
      await vi.waitFor(async () => expect(await logDatabase.database.rows(waiting)).toEqual([{ waiting: 1 }]), WAIT);
      await client.query(end);
      await fast;
    }
    await client.end();
    await vi.waitFor(() => expect(seen).toEqual(['fast ROLLBACK', 'slow COMMIT', 'fast COMMIT']), WAIT);
    expect(await logDatabase.database.rows(offsets)).toEqual([{ offset: 0 }, { offset: 1 }, { offset: 2 }]);
  });
});
