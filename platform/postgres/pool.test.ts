import { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { testDatabase } from '../../test/support/postgres.ts';
import type { TestDatabase } from '../../test/support/postgres.ts';
import { sql } from './database.ts';
import type { Tx } from './database.ts';
import { CommitOutcomeUnknown, isConnectionLost, isSerializationConflict, isSqlState, isUniqueViolation } from './errors.ts';
import { openDatabase } from './pool.ts';

const createTable = sql('test.create', 'CREATE TABLE IF NOT EXISTS thing (id int PRIMARY KEY, note text)');
const insert = sql('test.insert', 'INSERT INTO thing (id, note) VALUES ($1, $2)');
const ids = sql('test.ids', 'SELECT id FROM thing ORDER BY id');
const backend = sql('test.backend', 'SELECT pg_backend_pid() AS pid');
const endBackend = sql('test.end_backend', 'SELECT pg_terminate_backend($1)');

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase([]);
  await test.database.run(createTable);
});
beforeEach(() => test.database.run(sql('test.empty', 'TRUNCATE thing')));
afterAll(() => test.drop());

const stored = async (): Promise<number[]> => (await test.database.rows<{ id: number }>(ids)).map(({ id }) => id);
const pid = async (tx: Tx): Promise<number> => (await tx.rows<{ pid: number }>(backend))[0]?.pid ?? 0;

describe('single statements', () => {
  it('answer rows and counts, and keep the types of the driver', async () => {
    const [row] = await test.database.rows(sql('test.types', `SELECT 1::int8 AS big, '{"a":1}'::json AS json, now() AS at`));
    expect(row).toEqual({ big: '1', json: { a: 1 }, at: expect.any(Date) });
    expect(await test.database.run(insert, [1, 'x'])).toBe(1);
  });

  it('keep their connection after an ordinary error', async () => {
    const one = openDatabase({ connectionString: test.connectionString, name: 'one', poolSize: 1 });
    const before = await pid(one);
    await one.run(insert, [1, null]);
    const error: unknown = await one.run(insert, [1, null]).catch((thrown: unknown) => thrown);
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(error, 'thing_pkey')).toBe(true);
    expect(isUniqueViolation(error, 'other')).toBe(false);
    expect(await pid(one)).toBe(before);
    await one.close();
  });

  it('give up waiting for a connection, as a connection that is not to be had', async () => {
    const one = openDatabase({ connectionString: test.connectionString, name: 'one', poolSize: 1, connectTimeoutMs: 50 });
    await one.transaction(async (tx) => {
      await pid(tx);
      const error: unknown = await one.rows(ids).catch((thrown: unknown) => thrown);
      expect(isConnectionLost(error)).toBe(true);
    });
    await one.close();
  });

  it('are cancelled by the server when they take too long', async () => {
    const one = openDatabase({ connectionString: test.connectionString, name: 'one', poolSize: 1, statementTimeoutMs: 50 });
    const error: unknown = await one.rows(sql('test.sleep', 'SELECT pg_sleep(10)')).catch((thrown: unknown) => thrown);
    expect(isSqlState(error, '57014')).toBe(true);
    await one.close();
  });
});

describe('a transaction', () => {
  it('commits what its work did, statements it did not await included', async () => {
    const answer = await test.database.transaction(async (tx) => {
      await tx.run(insert, [1, 'a']);
      void tx.run(insert, [2, 'b']);
      return 'done';
    });
    expect(answer).toBe('done');
    expect(await stored()).toEqual([1, 2]);
  });

  it('sends the statements of one turn in one write, and what is left unawaited together with COMMIT', async () => {
    const writes = vi.spyOn(Socket.prototype, '_writeGeneric' as 'write');
    await test.database.transaction(async (tx) => {
      await Promise.all([tx.run(insert, [1, null]), tx.run(insert, [2, null])]);
      expect(writes).toHaveBeenCalledTimes(1);
      void tx.run(insert, [3, null]);
      void tx.run(insert, [4, null]);
    });
    expect(writes).toHaveBeenCalledTimes(2);
    writes.mockRestore();
    expect(await stored()).toEqual([1, 2, 3, 4]);
  });

  it('runs at READ COMMITTED', async () => {
    const rows = await test.database.transaction((tx) => tx.rows(sql('test.level', 'SHOW transaction_isolation')));
    expect(rows).toEqual([{ transaction_isolation: 'read committed' }]);
  });

  it('sends nothing when its work issues nothing', async () => {
    expect(await test.database.transaction(async () => 5)).toBe(5);
  });

  it('is undone when its work throws, and throws the same', async () => {
    const mine = new Error('no');
    const failed = test.database.transaction(async (tx) => {
      await tx.run(insert, [1, 'a']);
      throw mine;
    });
    await expect(failed).rejects.toBe(mine);
    expect(await stored()).toEqual([]);
  });

  it('throws the first error, not the echoes of those pipelined behind it', async () => {
    await test.database.run(insert, [1, 'there']);
    const failed = test.database.transaction(async (tx) => {
      const first = tx.run(insert, [1, 'again']);
      const second = tx.run(insert, [2, 'behind']);
      await second;
      await first;
    });
    const error: unknown = await failed.catch((thrown: unknown) => thrown);
    expect(isUniqueViolation(error)).toBe(true);
    expect(await stored()).toEqual([1]);
  });

  it('fails when a statement failed that its work swallowed or never awaited', async () => {
    await test.database.run(insert, [1, 'there']);
    const swallowed = test.database.transaction(async (tx) => {
      await tx.run(insert, [1, 'again']).catch(() => undefined);
    });
    await expect(swallowed).rejects.toSatisfy((error) => isUniqueViolation(error));
    const unawaited = test.database.transaction(async (tx) => {
      void tx.run(insert, [2, 'undone with it']);
      void tx.run(insert, [1, 'again']);
    });
    await expect(unawaited).rejects.toSatisfy((error) => isUniqueViolation(error));
    expect(await stored()).toEqual([1]);
  });

  it('lets its work say what an error means', async () => {
    await test.database.run(insert, [1, 'there']);
    const failed = test.database.transaction(async (tx) => {
      await tx.run(insert, [1, 'again']).catch(() => {
        throw new Error('taken');
      });
    });
    await expect(failed).rejects.toThrow('taken');
  });

  it('refuses statements issued after its end, so that they cannot land in the next one', async () => {
    let late: Tx | undefined;
    await test.database.transaction(async (tx) => {
      late = tx;
      await tx.run(insert, [1, 'a']);
    });
    await expect(late?.run(insert, [2, 'late'])).rejects.toThrow('after its transaction had ended');
    expect(await stored()).toEqual([1]);
  });

  it('fails on a value that cannot be sent, and does not use that connection again', async () => {
    const one = openDatabase({ connectionString: test.connectionString, name: 'one', poolSize: 1 });
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const before = await pid(one);
    const failed = one.transaction(async (tx) => {
      void tx.run(insert, [1, 'undone with it']);
      void tx.run(insert, [2, circular]);
    });
    await expect(failed).rejects.toThrow(/circular/i);
    expect(await stored()).toEqual([]);
    expect(await one.run(insert, [3, 'fine'])).toBe(1);
    expect(await pid(one)).not.toBe(before);
    await one.close();
  });

  it('never gives an aborted connection to the next one, however many fail', async () => {
    const one = openDatabase({ connectionString: test.connectionString, name: 'one', poolSize: 2 });
    await one.run(insert, [0, 'there']);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 60 }, (_, index) =>
        one.transaction(async (tx) => {
          void tx.run(insert, [index + 1, 'x']);
          if (index % 3 === 0) await tx.run(insert, [0, 'again']);
          if (index % 3 === 1) throw new Error('own');
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    expect(await stored()).toEqual([0, ...Array.from({ length: 20 }, (_, index) => index * 3 + 3)]);
    await one.close();
  });

  it('tells a lost race from other errors', async () => {
    await test.database.run(insert, [1, 'a']);
    await test.database.run(insert, [2, 'a']);
    const update = sql('test.update', 'UPDATE thing SET note = $2 WHERE id = $1');
    let arrived = 0;
    let bothHold: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (bothHold = resolve));
    const crossed = (first: number, second: number): Promise<void> =>
      test.database.transaction(async (tx) => {
        await tx.run(update, [first, 'mine']);
        if (++arrived === 2) bothHold();
        await both;
        await tx.run(update, [second, 'mine']);
      });
    const outcomes = await Promise.allSettled([crossed(1, 2), crossed(2, 1)]);
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(lost).toHaveLength(1);
    expect(isSerializationConflict(lost[0]?.reason)).toBe(true);
  });
});

describe('a lost connection', () => {
  it('before COMMIT is just lost, and the next transaction gets a fresh one', async () => {
    const one = openDatabase({ connectionString: test.connectionString, name: 'one', poolSize: 1 });
    const failed = one.transaction(async (tx) => {
      await tx.run(insert, [1, 'a']);
      await test.database.rows(endBackend, [await pid(tx)]);
      await tx.run(insert, [2, 'b']);
    });
    const error: unknown = await failed.catch((thrown: unknown) => thrown);
    expect(isConnectionLost(error)).toBe(true);
    expect(error).not.toBeInstanceOf(CommitOutcomeUnknown);
    expect(await one.transaction((tx) => tx.run(insert, [3, 'c']))).toBe(1);
    expect(await stored()).toEqual([3]);
    await one.close();
  });

  it('after COMMIT was sent leaves the outcome unknown', async () => {
    const one = openDatabase({ connectionString: test.connectionString, name: 'one', poolSize: 1 });
    // The deferred trigger makes COMMIT itself end its own connection.
    await test.database.run(
      sql(
        'test.function',
        `CREATE OR REPLACE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END'`,
      ),
    );
    await test.database.run(sql('test.mortal', 'CREATE TABLE mortal (id int)'));
    await test.database.run(
      sql(
        'test.trigger',
        'CREATE CONSTRAINT TRIGGER die AFTER INSERT ON mortal DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()',
      ),
    );
    const failed = one.transaction((tx) => tx.run(sql('test.insert_mortal', 'INSERT INTO mortal VALUES (1)')));
    const error: unknown = await failed.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CommitOutcomeUnknown);
    expect(isConnectionLost(error)).toBe(false);
    expect(await one.rows(ids)).toEqual([]);
    await one.close();
  });

  it('while idle is replaced without a word to callers', async () => {
    const told: Error[] = [];
    const gone = Promise.withResolvers<void>();
    const one = openDatabase({
      connectionString: test.connectionString,
      name: 'one',
      poolSize: 1,
      onIdleError: (error) => {
        told.push(error);
        gone.resolve();
      },
    });
    await test.database.rows(endBackend, [await pid(one)]);
    await gone.promise;
    expect(await one.rows(ids)).toEqual([]);
    expect(told.every(isConnectionLost)).toBe(true);
    await one.close();
  });

  it('is what a server that is not there looks like', async () => {
    const nobody = openDatabase({ connectionString: 'postgres://nobody@127.0.0.1:1/none', name: 'none', poolSize: 1 });
    await expect(nobody.rows(ids)).rejects.toSatisfy(isConnectionLost);
    await nobody.close();
  });
});

describe('a refusal at COMMIT', () => {
  it('is an ordinary error: the server answered', async () => {
    await test.database.run(sql('test.deferred', 'CREATE TABLE deferred (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)'));
    const twice = sql('test.twice', 'INSERT INTO deferred VALUES (1), (1)');
    await expect(test.database.transaction((tx) => tx.run(twice))).rejects.toSatisfy((error) => isUniqueViolation(error));
  });
});
