import { DatabaseError } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { payloadHash } from '../../../platform/idempotency/idempotency-key.ts';
import type { Database, Tx } from '../../../platform/postgres/database.ts';
import { CommitOutcomeUnknown, isConnectionLost } from '../../../platform/postgres/errors.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import type { Selection } from '../domain/decide-reserve.ts';
import { toStoredReservation } from '../http/answers.ts';
import { expectConsistent, expectViewsHealed, publishedOf, storedOf } from '../test-consistency.ts';
import { MIGRATIONS, seatingOn } from '../test-sale.ts';
import type { SeatAnswer } from './batch.ts';

const MAX_TRIES = 100;

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase(MIGRATIONS, { poolSize: 10 });
});
afterAll(() => db.drop());

/** A small generator, so that a failing seed can be run again (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const lost = (): Error => new Error('Connection terminated unexpectedly');
const conflict = (): Error => Object.assign(new DatabaseError('deadlock detected', 1, 'error'), { code: '40P01' });

/**
 * A database on bad days: statements that fail with the connection or with a lost race, and commits of which nobody hears, some of
 * them made and some not.
 */
function unreliable(database: Database, random: () => number): Database {
  const failing = (tx: Tx, error: (() => Error) | null): Tx => {
    let left = error ? Math.floor(random() * 8) : Infinity;
    const guarded = <T>(work: () => Promise<T>): Promise<T> => {
      if (error && left-- === 0) {
        const failed = Promise.reject(error());
        failed.catch(() => undefined);
        return failed;
      }
      return work();
    };
    return {
      rows: (statement, values) => guarded(() => tx.rows(statement, values)),
      run: (statement, values) => guarded(() => tx.run(statement, values)),
    };
  };
  return {
    ...database,
    rows: (statement, values) => (random() < 0.1 ? Promise.reject(lost()) : database.rows(statement, values)),
    async transaction(work) {
      const draw = random();
      if (draw < 0.15) {
        // What fails unawaited fails the transaction all the same, as the driver's does.
        let failure: Error | null = null;
        const error = random() < 0.5 ? lost : conflict;
        const result = await database.transaction(async (tx) => {
          const value = await work(failing(tx, () => (failure ??= error())));
          if (failure) throw failure;
          return value;
        });
        return result;
      }
      if (draw < 0.25) {
        await database.transaction(work);
        throw new CommitOutcomeUnknown(lost());
      }
      if (draw < 0.35) {
        const undone = new Error('undone');
        await database
          .transaction(async (tx) => {
            await work(tx);
            throw undone;
          })
          .catch((error: unknown) => {
            if (error !== undone) throw error;
          });
        throw new CommitOutcomeUnknown(lost());
      }
      return database.transaction(work);
    },
  };
}

it.each([1, 2, 3, 4])('loses nothing acknowledged and does nothing twice on a failing database (seed %i)', async (seed) => {
  const random = randomFrom(seed);
  const reliable = seatingOn(db.database);
  const eventId = await reliable.openSale(
    [
      { section: 'Stalls', kind: 'SEATED', priceCents: 5_000, rows: ['A', 'B', 'C'].map((row) => ({ row, seats: 20 })) },
      { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 2_000, capacity: 20 },
    ],
    { maxTicketsPerUser: 4 },
  );
  const processes = [0, 1].map(() => seatingOn(unreliable(db.database, random)));
  const buyers = Array.from({ length: 120 }, (_, index) => ({
    userId: newId('user'),
    index,
    selection: selectionOf(index, random),
  }));

  const outcomes = await Promise.all(
    buyers.map(async ({ userId, index, selection }) => {
      const answer = await untilAnswered(() => {
        const process = processes[Math.floor(random() * 2)] ?? reliable;
        void process.views.get(eventId).catch(() => undefined);
        return process.seats.submit({
          command: { type: 'reserve', eventId, userId, reservationId: newId('reservation'), selection },
          traceparent: undefined,
          idempotency: {
            key: { scope: 'reserve', key: `${seed} ${index}`, requestHash: payloadHash(selection) },
            toStored: toStoredReservation,
          },
        });
      });
      return { userId, reserved: reservedIn(answer) };
    }),
  );

  const { reservations } = await expectConsistent(db.database, eventId, 4);
  const stored = new Map(reservations.map(({ userId, reservationId }) => [userId, reservationId]));
  expect(stored.size).toBe(reservations.length);
  expect(stored).toEqual(new Map(outcomes.flatMap(({ userId, reserved }) => (reserved ? [[userId, reserved]] : []))));
  for (const process of processes) await loaded(process, eventId);
  await expectViewsHealed(db.database, eventId, processes);
});

it('keeps the outcome of an allocation through failures', async () => {
  const random = randomFrom(7);
  const reliable = seatingOn(db.database);
  const eventId = await reliable.openSale([
    { section: 'Stalls', kind: 'SEATED', priceCents: 5_000, rows: [{ row: 'A', seats: 40 }] },
  ]);
  const process = seatingOn(unreliable(db.database, random));
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) => reliable.reserve(eventId, { kind: 'seats', seatIds: [index + 1] })),
  );
  const ids = answers.flatMap((answer) => (answer.ok && answer.type === 'reservation' ? answer.reservation.reservationId : []));
  const outcomes = await Promise.all(
    ids.map((reservationId) => {
      const orderId = newId('order');
      return untilAnswered(() => process.ask({ type: 'allocate', eventId, reservationId, orderId }));
    }),
  );
  expect(outcomes).toEqual(ids.map(() => ({ ok: true, type: 'allocation', outcome: 'ALLOCATED' })));
  expect((await storedOf(db.database, eventId)).seats.every(({ status }) => status === 'L')).toBe(true);
  const allocated = (await publishedOf(db.database, eventId)).flat().filter(({ type }) => type === 'seat.allocated');
  expect(allocated).toHaveLength(40);
  await expectConsistent(db.database, eventId, 10);
});

/** Repeats what was not answered for sure, as a client does. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await ask();
    } catch (error) {
      const unsure = error instanceof CommitOutcomeUnknown || isConnectionLost(error) || error instanceof DatabaseError;
      if (!unsure || tried >= MAX_TRIES) throw error;
    }
  }
}

async function loaded(process: ReturnType<typeof seatingOn>, eventId: string): Promise<void> {
  await untilAnswered(() => process.views.get(eventId));
}

function selectionOf(index: number, random: () => number): Selection {
  const seat = () => 1 + Math.floor(random() * 60);
  if (index % 3 === 0) return { kind: 'best', quantity: 1 + (index % 2) };
  if (index % 3 === 1) return { kind: 'places', places: [{ section: 'Floor', quantity: 1 }] };
  return { kind: 'seats', seatIds: [seat()] };
}

function reservedIn(answer: SeatAnswer): string | null {
  if (answer.kind === 'decided') {
    return answer.answer.ok && answer.answer.type === 'reservation' ? answer.answer.reservation.reservationId : null;
  }
  const { body } = answer.answer;
  if (typeof body !== 'object' || body === null || !('reservationId' in body)) return null;
  return typeof body.reservationId === 'string' ? body.reservationId : null;
}
