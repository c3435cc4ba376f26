import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { sql } from '../postgres/database.ts';
import { takeCut } from './cut.ts';

/** Writers count in the first database, commit, then count in the second: at no moment is the second ahead. */

const TABLES = ['alpha', 'omega'];
const COUNT = ['alpha', 'omega'].map((table) => sql(`test.count_${table}`, `UPDATE ${table} SET number = number + 1`));

const WAITING = sql(
  'test.waiting',
  `SELECT count(*)::int AS count FROM pg_locks JOIN pg_database ON pg_database.oid = database WHERE NOT granted AND datname = ANY ($1)`,
);

let databases: [TestDatabase, TestDatabase];
let clients: [pg.Client, pg.Client];
let writing: boolean;
let writers: Promise<void>;
let written: number;

beforeEach(async () => {
  databases = [await testDatabase([]), await testDatabase([])];
  for (const { database } of databases)
    for (const table of TABLES) await database.run(sql(`test.make_${table}`, `CREATE TABLE ${table} AS SELECT 0 AS number`));
  clients = [await connect(databases[0]), await connect(databases[1])];
  writing = true;
  written = 0;
  writers = write();
});
afterEach(async () => {
  writing = false;
  await writers;
  for (const client of clients) await client.end();
  for (const database of databases) await database.drop();
});

async function connect({ connectionString }: TestDatabase): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

async function write(): Promise<void> {
  for (; writing; written++) {
    for (const { database } of databases) {
      await database.transaction(async (tx) => {
        // The other way round than they are locked at first.
        for (const statement of COUNT.toReversed()) await tx.run(statement);
      });
    }
  }
}

async function numbersOf(client: pg.Client): Promise<number[]> {
  const { rows } = await client.query<{ number: number }>('SELECT number FROM alpha UNION ALL SELECT number FROM omega');
  return rows.map(({ number }) => number);
}

const both = () => clients.map((client) => ({ client, tables: TABLES }));
const moreWritten = () => expect.poll(() => written, { timeout: 10_000 }).toBeGreaterThan(written + 5);

describe('a cut', () => {
  it('sees all databases at one moment, again and again, while others write', async () => {
    for (let time = 0; time < 10; time++) {
      const { moments, pausedMs } = await takeCut(both());
      expect(moments).toHaveLength(2);
      expect(pausedMs).toBeGreaterThan(0);
      // Long after: the transactions still see that moment, and writers go on.
      await moreWritten();
      const [first, second] = [await numbersOf(clients[0]), await numbersOf(clients[1])];
      expect(first[0]).toBe(first[1]);
      expect(second[0]).toBe(second[1]);
      const ahead = (first[0] ?? 0) - (second[0] ?? 0);
      expect(ahead).toBeGreaterThanOrEqual(0);
      expect(ahead).toBeLessThanOrEqual(1);
      for (const client of clients) await client.query('COMMIT');
    }
  });

  it('would not if each database were looked at by itself (negative control)', async () => {
    for (const client of clients) await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const [first] = await numbersOf(clients[0]);
    await moreWritten();
    const [second] = await numbersOf(clients[1]);
    expect(second).toBeGreaterThan(first ?? 0);
  });

  it('gives way to a writer that waits for it, and comes back', async () => {
    const busy = await connect(databases[0]);
    await busy.query('BEGIN; UPDATE omega SET number = number');
    const cut = takeCut(both());
    // Held up by the lock on alpha until the cut gives way.
    await expect.poll(async () => (await waiting()) > 0, { timeout: 5_000, interval: 5 }).toBe(true);
    await busy.query('UPDATE alpha SET number = number; COMMIT');
    await busy.end();
    expect((await cut).attempts).toBeGreaterThanOrEqual(1);
    for (const client of clients) await client.query('ROLLBACK');
  });

  it('ends at once when it is no longer wanted', async () => {
    const busy = await connect(databases[0]);
    await busy.query('BEGIN; UPDATE omega SET number = number');
    const stopped = new AbortController();
    const cut = takeCut(both(), stopped.signal);
    await expect.poll(async () => (await waiting()) > 0, { timeout: 5_000, interval: 5 }).toBe(true);
    stopped.abort();
    await expect(cut).rejects.toThrow();
    await busy.query('ROLLBACK');
    await busy.end();
  });
});

/** Sessions that wait for a lock on a table, of any database of the test. */
async function waiting(): Promise<number> {
  const names = databases.map(({ connectionString }) => new URL(connectionString).pathname.slice(1));
  const rows = await databases[0].database.rows<{ count: number }>(WAITING, [names]);
  return rows[0]?.count ?? 0;
}
