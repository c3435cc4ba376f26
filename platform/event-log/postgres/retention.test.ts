import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import { sql } from '../../postgres/database.ts';
import { createHandledTable, handledBy, loggedIn, recordingSubscription, recordOf } from '../test-events.ts';
import { LOG_MIGRATIONS, openPostgresLog, type PostgresLog } from './log.ts';

const age = sql('test.age_records', `UPDATE record SET appended_at = now() - make_interval(days => $1)`);
const forsake = sql(
  'test.forsake_group',
  `UPDATE consumer_offset SET seen_at = now() - make_interval(days => 8) WHERE consumer_group = $1`,
);
const count = sql('test.count_records', 'SELECT count(*)::int AS records FROM record');

describe('retention of the log', () => {
  let service: TestDatabase;
  let logDatabase: TestDatabase;
  let log: PostgresLog;

  beforeEach(async () => {
    [service, logDatabase] = await Promise.all([
      testDatabase([new URL('../../migrations/', import.meta.url)]),
      testDatabase([LOG_MIGRATIONS]),
    ]);
    await createHandledTable(service.database);
    const logger = pino({ level: 'silent' });
    log = await openPostgresLog({ connectionString: logDatabase.connectionString, logger, poolSize: 3, otherProcesses: false });
    await log.append(['a', 'b', 'c'].map((label) => recordOf([loggedIn('k', label)])));
  });
  afterEach(async () => {
    await log.close();
    await Promise.all([service.drop(), logDatabase.drop()]);
  });

  async function recordsAfterPurge(): Promise<unknown> {
    await log.retention.run(new AbortController().signal);
    return (await logDatabase.database.rows(count))[0];
  }

  it('keeps what is young', async () => {
    await logDatabase.database.run(age, [6]);
    expect(await recordsAfterPurge()).toEqual({ records: 3 });
  });

  it('removes what is old, and a group that comes later goes on with what is new', async () => {
    await logDatabase.database.run(age, [8]);
    expect(await recordsAfterPurge()).toEqual({ records: 0 });
    const group = recordingSubscription(service.database, 'test.late', 'k');
    await log.subscribe(group);
    await vi.waitFor(async () => expect(await log.lag()).toMatchObject([{ group: 'test.late', behind: 0 }]), 5_000);
    await log.append([recordOf([loggedIn('k', 'd')])]);
    await vi.waitFor(async () => expect(await handledBy(service.database, group.group)).toEqual(['d']), 5_000);
  });

  it('keeps what a group has not read, until nobody has spoken for that group for a week', async () => {
    const group = recordingSubscription(service.database, 'test.slow', 'k');
    const stop = await log.subscribe({
      ...group,
      prepare: () => Promise.reject(Object.assign(new Error('down'), { code: 'ECONNREFUSED' })),
    });
    await logDatabase.database.run(age, [8]);
    await logDatabase.database.run(forsake, ['test.slow']);
    expect(await recordsAfterPurge()).toEqual({ records: 3 });
    await stop();
    await logDatabase.database.run(forsake, ['test.slow']);
    expect(await recordsAfterPurge()).toEqual({ records: 0 });
  });
});
