import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { rowOf, seatingOn, standing } from '../test-sale.ts';
import { reservationOf, seatingDatabase } from './test-seats.ts';

const db = await seatingDatabase();
const { database, placesOf, reservationRow, shiftClock, statuses } = db;
let seating: ReturnType<typeof seatingOn>;
beforeEach(async () => {
  await shiftClock(0);
  seating = seatingOn(database);
});
afterAll(() => db.drop());

describe('holds that end', () => {
  it('can be reserved by the next buyer at once, whole, with nobody sweeping', async () => {
    const eventId = await seating.openSale(rowOf(4), { holdTtlSeconds: 60 });
    const first = reservationOf(await seating.reserve(eventId, { kind: 'seats', seatIds: [1, 2, 3] }));
    await shiftClock(61);
    const second = await seating.reserve(eventId, { kind: 'seats', seatIds: [2] });
    expect(second.ok).toBe(true);
    expect(await statuses(eventId)).toBe('ARAA');
    expect(await reservationRow(first.reservationId)).toMatchObject({ status: 'EXPIRED', end_reason: 'EXPIRED' });
    const released = seating.published.filter((event) => event.type === 'seat.released');
    expect(released).toHaveLength(1);
    expect(released[0]?.data).toMatchObject({ reason: 'EXPIRED', seatIds: [1, 2, 3], reservationId: first.reservationId });
  });

  it('free the places and the limit of their buyer', async () => {
    const eventId = await seating.openSale(standing(2), { holdTtlSeconds: 60, maxTicketsPerUser: 2 });
    const userId = newId('user');
    const ask = () => seating.reserve(eventId, { kind: 'places', places: [{ section: 'Floor', quantity: 2 }] }, userId);
    expect((await ask()).ok).toBe(true);
    expect((await ask()).ok).toBe(false);
    await shiftClock(61);
    expect((await ask()).ok).toBe(true);
    expect(await placesOf(eventId)).toMatchObject({ reserved: 2 });
  });

  it('end in bounded batches when thousands are due at once', async () => {
    const eventId = await seating.openSale(
      [{ section: 'Stalls', kind: 'SEATED', priceCents: 1, rows: [0, 1, 2].map((row) => ({ row: `R${row}`, seats: 800 })) }],
      { holdTtlSeconds: 60 },
    );
    const seatIds = Array.from({ length: 2_400 }, (_, index) => index + 1);
    await Promise.all(seatIds.map((seatId) => seating.reserve(eventId, { kind: 'seats', seatIds: [seatId] })));
    expect(await statuses(eventId)).toBe('R'.repeat(2_400));
    await shiftClock(61);
    await seating.ask({ type: 'sweep', eventId });
    expect(await statuses(eventId)).toBe('A'.repeat(2_400));
  });

  it('are kept while a charge is under way, and end at their own time when it is over', async () => {
    const eventId = await seating.openSale(rowOf(2), { holdTtlSeconds: 60 });
    const userId = newId('user');
    const { reservationId } = reservationOf(await seating.reserve(eventId, { kind: 'seats', seatIds: [1] }, userId));
    const [orderId, paymentId] = [newId('order'), newId('payment')];
    await shiftClock(50);
    expect((await seating.ask({ type: 'open-window', eventId, reservationId, orderId, paymentId, windowSeconds: 60 })).ok).toBe(
      true,
    );
    expect(await seating.ask({ type: 'release', eventId, reservationId, by: userId, reason: 'CANCELLED' })).toMatchObject({
      code: 'RESERVATION_IN_PAYMENT',
    });
    await shiftClock(90);
    expect(await seating.reserve(eventId, { kind: 'seats', seatIds: [1] })).toMatchObject({ code: 'SEAT_UNAVAILABLE' });
    expect(
      await seating.ask({ type: 'open-window', eventId, reservationId, orderId, paymentId, windowSeconds: 60 }),
    ).toMatchObject({
      code: 'RESERVATION_NOT_ACTIVE',
    });
    await seating.ask({ type: 'close-window', eventId, reservationId, orderId, paymentId });
    expect((await seating.reserve(eventId, { kind: 'seats', seatIds: [1] })).ok).toBe(true);
  });
});

describe('the window of a payment', () => {
  it('stays open when news of the payment before comes late', async () => {
    const eventId = await seating.openSale(rowOf(1), { holdTtlSeconds: 60 });
    const { reservationId } = reservationOf(await seating.reserve(eventId, { kind: 'seats', seatIds: [1] }));
    const orderId = newId('order');
    const [first, second] = [newId('payment'), newId('payment')];
    const open = (paymentId: string) =>
      seating.ask({ type: 'open-window', eventId, reservationId, orderId, paymentId, windowSeconds: 60 });
    const close = (paymentId: string) => seating.ask({ type: 'close-window', eventId, reservationId, orderId, paymentId });
    await shiftClock(30);
    await open(first);
    await shiftClock(40);
    await open(second);
    await close(first);
    await shiftClock(70);
    expect(await seating.reserve(eventId, { kind: 'seats', seatIds: [1] })).toMatchObject({ code: 'SEAT_UNAVAILABLE' });
    await close(second);
    expect((await seating.reserve(eventId, { kind: 'seats', seatIds: [1] })).ok).toBe(true);
  });
});

describe('releasing', () => {
  it('gives the seats back once, and is answered the same the second time', async () => {
    const eventId = await seating.openSale(rowOf(3));
    const userId = newId('user');
    const { reservationId } = reservationOf(await seating.reserve(eventId, { kind: 'seats', seatIds: [1, 2] }, userId));
    const release = { type: 'release', eventId, reservationId, by: userId, reason: 'CANCELLED' } as const;
    const answers = await Promise.all([seating.ask(release), seating.ask(release)]);
    expect(answers.map((answer) => reservationOf(answer).status)).toEqual(['RELEASED', 'RELEASED']);
    expect(await statuses(eventId)).toBe('AAA');
    expect(seating.published.filter((event) => event.type === 'seat.released')).toHaveLength(1);
  });

  it('is for the one who holds', async () => {
    const eventId = await seating.openSale(rowOf(3));
    const { reservationId } = reservationOf(await seating.reserve(eventId, { kind: 'seats', seatIds: [1] }));
    const other = { type: 'release', eventId, reservationId, by: newId('user'), reason: 'CANCELLED' } as const;
    expect(await seating.ask(other)).toEqual({ ok: false, code: 'RESERVATION_NOT_FOUND' });
  });
});
