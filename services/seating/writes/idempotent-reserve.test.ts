import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { payloadHash } from '../../../platform/idempotency/idempotency-key.ts';
import { sql } from '../../../platform/postgres/database.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import { toStoredReservation } from '../http/answers.ts';
import { MIGRATIONS, rowOf, seatingOn } from '../test-sale.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase(MIGRATIONS, { poolSize: 8 });
});
afterAll(() => db.drop());

function reserveWithKey(seating: ReturnType<typeof seatingOn>, eventId: string, userId: string, key: string, seatIds: number[]) {
  return seating.seats.submit({
    command: { type: 'reserve', eventId, userId, reservationId: newId('reservation'), selection: { kind: 'seats', seatIds } },
    traceparent: undefined,
    idempotency: {
      key: { scope: `reserve ${userId}`, key, requestHash: payloadHash({ seatIds }) },
      toStored: toStoredReservation,
    },
  });
}

async function reservations(userId: string): Promise<number> {
  return db.database.run(sql('test.reservations', 'select from reservation where user_id = $1'), [userId]);
}

describe('reserving with an Idempotency-Key', () => {
  it('reserves once and answers the others with the first answer, all in one batch', async () => {
    const seating = seatingOn(db.database);
    const eventId = await seating.openSale(rowOf(5));
    const userId = newId('user');
    const answers = await Promise.all([1, 2, 3].map(() => reserveWithKey(seating, eventId, userId, 'k1', [1])));
    expect(answers.map((answer) => answer.kind)).toEqual(['decided', 'replay', 'replay']);
    expect(await reservations(userId)).toBe(1);
  });

  it('reserves once when the same key comes to two processes at the same time', async () => {
    const one = seatingOn(db.database);
    const other = seatingOn(db.database);
    const eventId = await one.openSale(rowOf(40), { maxTicketsPerUser: 100 });
    const userId = newId('user');
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => index + 1).flatMap((seatId) =>
        [one, other].map((seating) => reserveWithKey(seating, eventId, userId, `pair-${seatId}`, [seatId])),
      ),
    );
    expect(await reservations(userId)).toBe(40);
  });

  it('replays a refusal too, and refuses the key for another request', async () => {
    const seating = seatingOn(db.database);
    const eventId = await seating.openSale(rowOf(5));
    const userId = newId('user');
    await seating.reserve(eventId, { kind: 'seats', seatIds: [1] });
    await reserveWithKey(seating, eventId, userId, 'k2', [1]);
    expect(await reserveWithKey(seating, eventId, userId, 'k2', [1])).toMatchObject({
      kind: 'replay',
      answer: { status: 409, body: { code: 'SEAT_UNAVAILABLE' } },
    });
    expect(await reserveWithKey(seating, eventId, userId, 'k2', [2])).toMatchObject({
      kind: 'replay',
      answer: { body: { code: 'IDEMPOTENCY_KEY_REUSED' } },
    });
    expect(await reservations(userId)).toBe(0);
  });
});
