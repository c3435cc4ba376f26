import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { expectConsistent, storedOf } from '../test-consistency.ts';
import { rowOf, seatingOn, standing } from '../test-sale.ts';
import { reservationOf, seatingDatabase } from './test-seats.ts';

const db = await seatingDatabase();
const { database, available, placesOf, shiftClock, statuses } = db;
let seating: ReturnType<typeof seatingOn>;
beforeEach(async () => {
  await shiftClock(0);
  seating = seatingOn(database);
});
afterAll(() => db.drop());

describe('allocating', () => {
  it('is done once and answered the same again', async () => {
    const eventId = await seating.openSale(rowOf(3));
    const { reservationId } = reservationOf(await seating.reserve(eventId, { kind: 'seats', seatIds: [1, 2] }));
    const command = { type: 'allocate', eventId, reservationId, orderId: newId('order') } as const;
    const answers = await Promise.all([seating.ask(command), seating.ask(command), seating.ask(command)]);
    expect(answers).toEqual(Array.from({ length: 3 }, () => ({ ok: true, type: 'allocation', outcome: 'ALLOCATED' })));
    expect(await statuses(eventId)).toBe('LLA');
    expect(seating.published.filter((event) => event.type === 'seat.allocated')).toHaveLength(1);
  });

  it('takes the same seats again when the hold ended and they are still free', async () => {
    const eventId = await seating.openSale([...rowOf(3), ...standing(2)], { holdTtlSeconds: 60 });
    const seats = reservationOf(await seating.reserve(eventId, { kind: 'seats', seatIds: [1, 2] }));
    const places = reservationOf(await seating.reserve(eventId, { kind: 'places', places: [{ section: 'Floor', quantity: 2 }] }));
    await shiftClock(61);
    for (const { reservationId } of [seats, places]) {
      const answer = await seating.ask({ type: 'allocate', eventId, reservationId, orderId: newId('order') });
      expect(answer).toMatchObject({ outcome: 'ALLOCATED' });
    }
    expect(await statuses(eventId)).toBe('LLA');
    expect(await placesOf(eventId)).toEqual({ capacity: 2, reserved: 0, allocated: 2 });
    expect(await available(eventId)).toBe(1);
  });

  it('is refused for good once one of the seats went to someone else', async () => {
    const eventId = await seating.openSale(rowOf(3), { holdTtlSeconds: 60 });
    const { reservationId } = reservationOf(await seating.reserve(eventId, { kind: 'seats', seatIds: [1, 2] }));
    await shiftClock(61);
    const rival = reservationOf(await seating.reserve(eventId, { kind: 'seats', seatIds: [2] }));
    const command = { type: 'allocate', eventId, reservationId, orderId: newId('order') } as const;
    expect(await seating.ask(command)).toMatchObject({ outcome: 'GONE' });
    await seating.ask({ type: 'release', eventId, reservationId: rival.reservationId, by: rival.userId, reason: 'CANCELLED' });
    expect(await seating.ask(command)).toMatchObject({ outcome: 'GONE' });
    expect(await statuses(eventId)).toBe('AAA');
  });
});

describe('what was refunded', () => {
  it('is free for the next buyer at once, and counts for the first one no longer', async () => {
    const eventId = await seating.openSale([...rowOf(3), ...standing(2)], { maxTicketsPerUser: 4 });
    const userId = newId('user');
    const { reservationId } = reservationOf(await seating.reserve(eventId, { kind: 'seats', seatIds: [1, 2] }, userId));
    const second = reservationOf(
      await seating.reserve(eventId, { kind: 'places', places: [{ section: 'Floor', quantity: 2 }] }, userId),
    );
    const orderId = newId('order');
    for (const id of [reservationId, second.reservationId])
      await seating.ask({ type: 'allocate', eventId, reservationId: id, orderId });
    const another = () => seating.reserve(eventId, { kind: 'seats', seatIds: [1] }, userId);
    expect(await another()).toMatchObject({ code: 'TICKET_LIMIT_EXCEEDED' });
    const refund = { type: 'deallocate' as const, eventId, reservationId, orderId, refundId: newId('refund') };
    await seating.ask({ ...refund, seatIds: [1], places: [] });
    const [resold, places] = [reservationOf(await another()), newId('refund')];
    // Nothing is given back twice, nor what was named and is somebody else's by now, nor to another order.
    for (const again of [refund, { ...refund, refundId: newId('refund') }, { ...refund, orderId: newId('order') }])
      await seating.ask({ ...again, seatIds: [1], places: [] });
    expect(await storedOf(database, eventId)).toMatchObject({
      seats: [{ status: 'R', reservationId: resold.reservationId }, { status: 'L', reservationId }, { status: 'A' }],
    });
    for (let twice = 0; twice < 2; twice++)
      await seating.ask({
        ...{ type: 'deallocate', eventId, reservationId: second.reservationId, orderId, refundId: places },
        ...{ seatIds: [], places: [{ section: 'Floor', quantity: 1 }] },
      });
    expect(await placesOf(eventId)).toMatchObject({ reserved: 0, allocated: 1 });
    const { reservations } = await expectConsistent(database, eventId, 4);
    expect(reservations.filter(({ status }) => status === 'ALLOCATED')).toHaveLength(2);
  });
});

describe('blocking', () => {
  it('takes free seats off sale and puts them back', async () => {
    const eventId = await seating.openSale(rowOf(4));
    await seating.ask({ type: 'block', eventId, seatIds: [1, 2] });
    expect(await seating.reserve(eventId, { kind: 'seats', seatIds: [2] })).toMatchObject({ code: 'SEAT_UNAVAILABLE' });
    expect(await available(eventId)).toBe(2);
    await seating.ask({ type: 'unblock', eventId, seatIds: [2, 3] });
    expect(await statuses(eventId)).toBe('BAAA');
  });

  it('is refused for seats in use, and then blocks none', async () => {
    const eventId = await seating.openSale(rowOf(4));
    await seating.reserve(eventId, { kind: 'seats', seatIds: [3] });
    expect(await seating.ask({ type: 'block', eventId, seatIds: [2, 3] })).toEqual({
      ok: false,
      code: 'SEATS_IN_USE',
      seatIds: [3],
    });
    expect(await statuses(eventId)).toBe('AARA');
  });
});
