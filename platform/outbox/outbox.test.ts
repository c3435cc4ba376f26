import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { testDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import type { DomainEvent, Topic } from '../../contracts/events/domain-event.ts';
import { LOG_MIGRATIONS, openPostgresLog, type PostgresLog } from '../event-log/postgres/log.ts';
import type { LogRecord, StopListening } from '../event-log/port.ts';
import { labelOf, loggedIn } from '../event-log/test-events.ts';
import { sql, type Tx } from '../postgres/database.ts';
import { appendToOutbox, MAX_EVENT_BYTES } from './append.ts';
import { startRelay, type Relay, type RelayOptions } from './relay.ts';

const SHARED_MIGRATIONS = new URL('../migrations/', import.meta.url);
const WAIT = { timeout: 15_000, interval: 5 };
const logger = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });

const countRows = sql('test.count_outbox', 'SELECT count(*)::int AS rows FROM outbox');
const emptyOutbox = sql('test.empty_outbox', 'DELETE FROM outbox');
const readRows = sql('test.read_outbox', 'SELECT sequence::int, key, events FROM outbox ORDER BY sequence');
const killRelay = sql(
  'test.kill_relay',
  `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1`,
);

let service: TestDatabase;
let logDatabase: TestDatabase;
let log: PostgresLog;
let seen: string[];
let relays: Relay[];
let stopTail: StopListening;

beforeAll(async () => {
  [service, logDatabase] = await Promise.all([testDatabase([SHARED_MIGRATIONS]), testDatabase([LOG_MIGRATIONS])]);
  log = await openPostgresLog({ connectionString: logDatabase.connectionString, logger, poolSize: 3, otherProcesses: false });
});

afterAll(async () => {
  await log.close();
  await Promise.all([service.drop(), logDatabase.drop()]);
});

beforeEach(async () => {
  await service.database.run(emptyOutbox);
  seen = [];
  relays = [];
  stopTail = await log.tail('user.events', (events) => {
    seen.push(...events.map(labelOf));
  });
});

afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  await stopTail();
});

function relay(changes: Partial<RelayOptions> = {}): Relay {
  const started = startRelay({ name: 'test', connectionString: service.connectionString, log, logger, ...changes });
  relays.push(started);
  return started;
}

function publish(...labels: string[]): Promise<void> {
  return service.database.transaction((tx) => publishIn(tx, ...labels));
}

/** A row each. */
async function publishIn(tx: Tx, ...labels: string[]): Promise<void> {
  const publishOne = (label: string) => appendToOutbox(tx, [{ topic: 'user.events', key: 'k', events: [loggedIn('k', label)] }]);
  await Promise.all(labels.map(publishOne));
}

async function expectOnLog(...labels: string[]): Promise<void> {
  await vi.waitFor(() => expect(seen).toEqual(labels), WAIT);
}

async function expectOutboxEmpty(): Promise<void> {
  await vi.waitFor(async () => expect(await service.database.rows(countRows)).toEqual([{ rows: 0 }]), WAIT);
}

describe('appendToOutbox', () => {
  it('writes events of one topic into one row, in the order given', async () => {
    const events = [loggedIn('a', 'first'), loggedIn('a', 'with "quotes", \\ and\nzażółć 🎟')];
    await service.database.transaction((tx) =>
      appendToOutbox(tx, [
        { topic: 'user.events', key: 'a', events },
        { topic: 'user.events', key: 'nothing', events: [] },
        { topic: 'user.events', key: 'b', events: [loggedIn('b', 'other')] },
      ]),
    );
    const rows = await service.database.rows<{ key: string; events: string }>(readRows);
    expect(rows.map(({ key }) => key)).toEqual(['']);
    expect(JSON.parse(rows[0]?.events ?? '').map(labelOf)).toEqual([...events.map(labelOf), 'other']);
    expect(JSON.parse(rows[0]?.events ?? '').slice(0, 2)).toEqual(events);
  });

  it('begins another row when one is large, and for another topic', async () => {
    const large = 'x'.repeat(40 * 1024);
    const record = (topic: Topic, key: string, label: string) => ({ topic, key, events: [loggedIn(key, label)] });
    await service.database.transaction((tx) =>
      appendToOutbox(tx, [
        record('user.events', 'a', 'one'),
        record('user.events', 'a', large),
        record('user.events', 'b', large),
        record('catalog.events', 'b', 'two'),
      ]),
    );
    const rows = await service.database.rows<{ key: string; events: string }>(readRows);
    expect(rows.map(({ key }) => key)).toEqual(['a', 'b', 'b']);
    expect(rows.map(({ events }) => JSON.parse(events).length)).toEqual([2, 1, 1]);
  });

  it('publishes nothing when the transaction fails', async () => {
    const failing = service.database.transaction(async (tx) => {
      await publishIn(tx, 'never');
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await service.database.rows(readRows)).toEqual([]);
  });

  it('refuses a domain event over 256 kB and takes one of just that size', async () => {
    const empty = Buffer.byteLength(JSON.stringify(loggedIn('k', '')));
    await publish('x'.repeat(MAX_EVENT_BYTES - empty));
    await expect(publish('x'.repeat(MAX_EVENT_BYTES - empty + 1))).rejects.toThrow(RangeError);
    await expect(publish('ż'.repeat((MAX_EVENT_BYTES - empty) / 2 + 1))).rejects.toThrow('Split it');
  });
});

describe('relay', () => {
  it('moves what is committed to the log, in order, and leaves the outbox empty', async () => {
    const labels = Array.from({ length: 1_200 }, (_, index) => `event ${index}`);
    await publish(...labels);
    const { wake } = relay();
    await expectOnLog(...labels);
    await publish('later');
    wake();
    await expectOnLog(...labels, 'later');
    await expectOutboxEmpty();
  });

  it('finds rows that nobody announced', async () => {
    relay();
    await publish('silent');
    await expectOnLog('silent');
  });

  it('does not lose a row that has an early number and commits late', async () => {
    const [early, late] = await lateCommit(service.connectionString, async () => {
      relay();
      await publish('early');
      await expectOnLog('early');
    });
    expect(late).toBeLessThan(early);
    await expectOnLog('early', 'late');
    await expectOutboxEmpty();
  });

  it('would lose that row if it remembered the last number (negative control)', async () => {
    const read: string[] = [];
    let lastSequence = 0;
    async function readAfterLast(): Promise<void> {
      for (const row of await service.database.rows<{ sequence: number; events: string }>(readRows)) {
        if (row.sequence <= lastSequence) continue;
        lastSequence = row.sequence;
        read.push(...(JSON.parse(row.events) as DomainEvent[]).map(labelOf));
      }
    }
    await lateCommit(service.connectionString, async () => {
      await publish('early');
      await readAfterLast();
    });
    await readAfterLast();
    expect(read).toEqual(['early']);
    expect(await service.database.rows(countRows)).toEqual([{ rows: 2 }]);
  });

  it('is taken over by a standby when its connection dies', async () => {
    const first = relay({ name: 'first' });
    await vi.waitFor(() => expect(first.isLeader()).toBe(true), WAIT);
    const second = relay({ name: 'second' });
    await publish('one');
    second.wake();
    await expectOnLog('one');
    expect([first.isLeader(), second.isLeader()]).toEqual([true, false]);

    // The first may come back only after the second has had its chance.
    await vi.waitFor(async () => {
      await service.database.rows(killRelay, ['onsale first relay']);
      expect(second.isLeader()).toBe(true);
    }, WAIT);
    await publish('two');
    second.wake();
    await expectOnLog('one', 'two');
    expect(first.isLeader()).toBe(false);
  });

  it('puts nothing on the log twice when it dies between appending and deleting', async () => {
    let deaths = 0;
    async function append(records: readonly LogRecord[]): Promise<void> {
      await log.append(records);
      if (++deaths <= 3) await service.database.rows(killRelay, ['onsale mortal relay']);
    }
    const mortal = relay({ name: 'mortal', log: { append } });
    await publish('a', 'b');
    mortal.wake();
    await expectOnLog('a', 'b');
    await publish('c');
    mortal.wake();
    await expectOutboxEmpty();
    await publish('end');
    mortal.wake();
    await expectOnLog('a', 'b', 'c', 'end');
    expect(deaths).toBeGreaterThan(3);
  });

  it('keeps everything in the outbox while the log is away', async () => {
    let away = true;
    let refusals = 0;
    async function append(records: readonly LogRecord[]): Promise<void> {
      if (away) {
        refusals++;
        throw new Error('no log');
      }
      await log.append(records);
    }
    relay({ log: { append } });
    await publish('a');
    await vi.waitFor(() => expect(refusals).toBeGreaterThan(1), WAIT);
    await publish('b');
    expect(await service.database.rows(countRows)).toEqual([{ rows: 2 }]);
    away = false;
    await expectOnLog('a', 'b');
  });

  it('stops at once when the log is away, and the next one moves what it left', async () => {
    const append = (): Promise<void> => Promise.reject(new Error('no log'));
    const stuck = relay({ log: { append } });
    await publish('left behind');
    await vi.waitFor(() => expect(stuck.isLeader()).toBe(true), WAIT);
    await stuck.stop();
    expect(await service.database.rows(countRows)).toEqual([{ rows: 1 }]);
    relay();
    await expectOnLog('left behind');
  });

  it('moves what is there before it stops', async () => {
    const last = relay();
    await vi.waitFor(() => expect(last.isLeader()).toBe(true), WAIT);
    await publish('a', 'b', 'c');
    await last.stop();
    expect(await service.database.rows(countRows)).toEqual([{ rows: 0 }]);
    await expectOnLog('a', 'b', 'c');
  });
});

/**
 * Takes a number from the sequence, lets `meanwhile` commit later numbers, and only then commits.
 *
 * @returns the numbers: of the first to commit, of the last to commit
 */
async function lateCommit(connectionString: string, meanwhile: () => Promise<void>): Promise<[early: number, late: number]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const tx: Tx = {
    rows: async ({ text }, values = []) => (await client.query(text, [...values])).rows,
    run: async ({ text }, values = []) => (await client.query(text, [...values])).rowCount ?? 0,
  };
  await client.query('BEGIN');
  await publishIn(tx, 'late');
  const late = Number((await client.query('SELECT max(sequence) AS sequence FROM outbox')).rows[0].sequence);
  await meanwhile();
  const early = Number((await client.query(`SELECT last_value FROM outbox_sequence_seq`)).rows[0].last_value);
  await client.query('COMMIT');
  await client.end();
  return [early, late];
}
