import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { sql } from '../postgres/database.ts';
import { inboxPurgeJob } from './inbox.ts';

const insert = sql(
  'test.insert_inbox',
  `INSERT INTO inbox SELECT $1, id, now() - make_interval(days => $3) FROM unnest($2::uuid[]) AS given (id)`,
);
const left = sql('test.left', 'SELECT consumer_group AS "group", count(*)::int AS events FROM inbox GROUP BY 1 ORDER BY 1');

describe('inbox purge', () => {
  let service: TestDatabase;

  beforeAll(async () => {
    service = await testDatabase([new URL('../migrations/', import.meta.url)]);
  });
  afterAll(() => service.drop());

  it('forgets old events of every group, but none that was handled lately or is young', async () => {
    const { database } = service;
    const ids = (days: number, count: number): string[] => {
      const msecs = Date.now() - days * 86_400_000;
      return Array.from({ length: count }, () => uuidv7({ msecs }));
    };
    await database.run(insert, ['a', ids(9, 6_000), 9]);
    await database.run(insert, ['a', ids(9, 2), 0]);
    await database.run(insert, ['a', ids(1, 30), 1]);
    await database.run(insert, ['b', ids(30, 10), 30]);
    await database.run(insert, ['c', ids(7, 10), 7]);
    await inboxPurgeJob(database).run(new AbortController().signal);
    expect(await database.rows(left)).toEqual([
      { group: 'a', events: 32 },
      { group: 'c', events: 10 },
    ]);
  });
});
