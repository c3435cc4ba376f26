import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { sql } from '../../../platform/postgres/database.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import type { ReservationState } from '../domain/sale.ts';
import type { Refusal, Success } from '../domain/decide.ts';
import { expectConsistent, storedOf } from '../test-consistency.ts';
import { MIGRATIONS, rowOf, seatingOn, standing } from '../test-sale.ts';

let db: TestDatabase;
let seating: ReturnType<typeof seatingOn>;

beforeAll(async () => {
  db = await testDatabase(MIGRATIONS);
});
beforeEach(async () => {
  await shiftClock(0);
  seating = seatingOn(db.database);
});
afterAll(() => db.drop());

describe('reserving seats', () => {
  it('holds all of them and says until when', async () => {
    const eventId = await seating.openSale(rowOf(10), { holdTtlSeconds: 120 });
    const reservation = reservationOf(await seating.reserve(eventId, { kind: 'seats', seatIds: [3, 4] }));
    expect(reservation).toMatchObject({
      status: 'RESERVED',
      quantity: 2,
      content: { totalCents: 10_000, currency: 'EUR', ttlSeconds: 120 },
    });
    expect(reservation.expiresAt.getTime() - reservation.reservedAt.getTime()).toBe(120_000);
    expect(await statuses(eventId)).toBe('AARRAAAAAA');
  });

  it('holds none when one of them is taken, and names the taken ones', async () => {
    const eventId = await seating.openSale(rowOf(5));
    await seating.reserve(eventId, { kind: 'seats', seatIds: [2] });
    const answer = await seating.reserve(eventId, { kind: 'seats', seatIds: [1, 2, 3] });
    expect(answer).toEqual({ ok: false, code: 'SEAT_UNAVAILABLE', unavailableSeatIds: [2] });
    expect(await statuses(eventId)).toBe('ARAAA');
  });

  it.each([
    [{ kind: 'seats', seatIds: [1, 1] }, 'SELECTION_INVALID'],
    [{ kind: 'seats', seatIds: [6] }, 'SEAT_NOT_FOUND'],
    [{ kind: 'places', places: [{ section: 'Stalls', quantity: 1 }] }, 'SELECTION_INVALID'],
    [{ kind: 'places', places: [{ section: 'Nowhere', quantity: 1 }] }, 'SECTION_NOT_FOUND'],
    [{ kind: 'best', quantity: 2, section: 'Nowhere' }, 'SECTION_NOT_FOUND'],
    [{ kind: 'best', quantity: 6 }, 'SOLD_OUT'],
  ] as const)('refuses %j with %s', async (selection, code) => {
    const eventId = await seating.openSale(rowOf(5));
    expect(await seating.reserve(eventId, selection)).toMatchObject({ ok: false, code });
    expect(await statuses(eventId)).toBe('AAAAA');
  });

  it('refuses an event that it does not know', async () => {
    expect(await seating.reserve(newId('event'), { kind: 'seats', seatIds: [1] })).toEqual({
      ok: false,
      code: 'EVENT_NOT_FOUND',
    });
  });

  it('refuses before the sale opens, after the event, and when it is not on sale', async () => {
    const hour = 3_600_000;
    const early = await seating.openSale(rowOf(1), { onSaleAt: new Date(Date.now() + hour) });
    const past = await seating.openSale(rowOf(1), { endDate: new Date(Date.now() - hour) });
    const cancelled = await seating.openSale(rowOf(1), { status: 'CANCELLED' });
    const draft = await seating.openSale(rowOf(1), { status: 'DRAFT' });
    const ask = (eventId: string) => seating.reserve(eventId, { kind: 'seats', seatIds: [1] });
    expect(await ask(early)).toMatchObject({ code: 'SALE_NOT_OPEN', reason: 'NOT_YET' });
    expect(await ask(past)).toMatchObject({ code: 'SALE_NOT_OPEN', reason: 'OVER' });
    expect(await ask(cancelled)).toMatchObject({ code: 'SALE_NOT_OPEN', reason: 'CLOSED' });
    expect(await ask(draft)).toMatchObject({ code: 'EVENT_NOT_FOUND' });
  });

  it('counts what a buyer holds and has against the limit, in the same batch too', async () => {
    const eventId = await seating.openSale(rowOf(10), { maxTicketsPerUser: 4 });
    const userId = newId('user');
    const asks = [[1, 2], [3, 4], [5]].map((seatIds) => seating.reserve(eventId, { kind: 'seats', seatIds }, userId));
    const answers = await Promise.all(asks);
    expect(answers.map((answer) => answer.ok)).toEqual([true, true, false]);
    expect(answers[2]).toEqual({ ok: false, code: 'TICKET_LIMIT_EXCEEDED', limit: 4, held: 4 });
    expect(await seating.reserve(eventId, { kind: 'seats', seatIds: [6] }, userId)).toMatchObject({
      code: 'TICKET_LIMIT_EXCEEDED',
    });
  });

  it('lets a request that breaks the batch fail alone', async () => {
    const eventId = await seating.openSale(rowOf(6));
    const taken = reservationOf(await seating.reserve(eventId, { kind: 'seats', seatIds: [1] }));
    const bad = { type: 'reserve', eventId, userId: newId('user'), reservationId: taken.reservationId } as const;
    const outcomes = await Promise.allSettled([
      seating.reserve(eventId, { kind: 'best', quantity: 1 }),
      seating.ask({ ...bad, selection: { kind: 'seats', seatIds: [6] } }),
      seating.reserve(eventId, { kind: 'best', quantity: 1 }),
      seating.reserve(eventId, { kind: 'best', quantity: 1 }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect((await statuses(eventId)).match(/R/g)).toHaveLength(4);
    expect((await seating.reserve(eventId, { kind: 'best', quantity: 2 })).ok).toBe(true);
    expect(await statuses(eventId)).toBe('RRRRRR');
  });

  it('gives places until the capacity is used and says how many are left', async () => {
    const eventId = await seating.openSale(standing(5));
    const ask = (quantity: number) => seating.reserve(eventId, { kind: 'places', places: [{ section: 'Floor', quantity }] });
    expect((await ask(3)).ok).toBe(true);
    expect(await ask(3)).toEqual({ ok: false, code: 'SOLD_OUT', available: 2, section: 'Floor' });
    expect((await ask(2)).ok).toBe(true);
    expect(await placesOf(eventId)).toEqual({ capacity: 5, reserved: 5, allocated: 0 });
  });

  it('chooses the best available under the lock, one buyer after the other', async () => {
    const eventId = await seating.openSale(rowOf(9), { maxTicketsPerUser: 9 });
    const answers = await Promise.all([2, 2, 2].map((quantity) => seating.reserve(eventId, { kind: 'best', quantity })));
    const taken = answers.flatMap((answer) => reservationOf(answer).seatIds);
    expect(new Set(taken).size).toBe(6);
    expect((await seating.reserve(eventId, { kind: 'best', quantity: 3 })).ok).toBe(true);
    expect(await seating.reserve(eventId, { kind: 'best', quantity: 1 })).toMatchObject({ code: 'SOLD_OUT', available: 0 });
    expect(await statuses(eventId)).toBe('RRRRRRRRR');
  });

  it('takes the best available of standing places from the dearest section that has room for all, and splits only when none has', async () => {
    const tiers = [300, 900, 600].map((priceCents, index) => ({
      section: `Tier ${index}`,
      kind: 'GENERAL_ADMISSION' as const,
      priceCents,
      capacity: 4,
    }));
    const eventId = await seating.openSale(tiers);
    const ask = async (quantity: number, maxPriceCents?: number) =>
      reservationOf(await seating.reserve(eventId, { kind: 'best', quantity, maxPriceCents })).places;
    expect(await ask(3)).toEqual([{ sectionIndex: 1, quantity: 3 }]);
    expect(await ask(2)).toEqual([{ sectionIndex: 2, quantity: 2 }]);
    expect(await ask(1, 500)).toEqual([{ sectionIndex: 0, quantity: 1 }]);
    expect(await ask(5)).toEqual([
      { sectionIndex: 1, quantity: 1 },
      { sectionIndex: 2, quantity: 2 },
      { sectionIndex: 0, quantity: 2 },
    ]);
    expect(await seating.reserve(eventId, { kind: 'best', quantity: 2 })).toMatchObject({ code: 'SOLD_OUT', available: 1 });
  });

  it('knows of seats that another process took when it chooses the best', async () => {
    const eventId = await seating.openSale(rowOf(4));
    await seating.reserve(eventId, { kind: 'best', quantity: 1 });
    const other = seatingOn(db.database);
    await other.reserve(eventId, { kind: 'best', quantity: 2 });
    const last = reservationOf(await seating.reserve(eventId, { kind: 'best', quantity: 1 }));
    expect(last.seatIds).toHaveLength(1);
    expect(await statuses(eventId)).toBe('RRRR');
  });
});

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
    expect(await storedOf(db.database, eventId)).toMatchObject({
      seats: [{ status: 'R', reservationId: resold.reservationId }, { status: 'L', reservationId }, { status: 'A' }],
    });
    for (let twice = 0; twice < 2; twice++)
      await seating.ask({
        ...{ type: 'deallocate', eventId, reservationId: second.reservationId, orderId, refundId: places },
        ...{ seatIds: [], places: [{ section: 'Floor', quantity: 1 }] },
      });
    expect(await placesOf(eventId)).toMatchObject({ reserved: 0, allocated: 1 });
    const { reservations } = await expectConsistent(db.database, eventId, 4);
    expect(reservations.filter(({ status }) => status === 'ALLOCATED')).toHaveLength(2);
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

describe('the version of an event', () => {
  it('has no gaps, and views that follow it show what the database holds', async () => {
    const eventId = await seating.openSale([...rowOf(50), ...standing(20)]);
    const feed = await seating.views.get(eventId);
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        index % 3 === 0
          ? seating.reserve(eventId, { kind: 'places', places: [{ section: 'Floor', quantity: 1 }] })
          : seating.reserve(eventId, { kind: 'seats', seatIds: [(index % 50) + 1] }),
      ),
    );
    const versions = seating.published.flatMap((event) =>
      'versionComplete' in event.data && event.data.versionComplete ? event.data.version : [],
    );
    expect(versions).toEqual(versions.map((_, index) => index + 1));
    expect(feed?.view().statuses().statuses).toBe(await statuses(eventId));
    expect(feed?.view().availability()).toEqual((await seatingOn(db.database).views.get(eventId))?.view().availability());
    expect(feed?.view().availability().availableSeats).toBe(await available(eventId));
  });
});

function reservationOf(answer: Success | Refusal): ReservationState {
  if (!answer.ok || answer.type !== 'reservation') throw new Error(JSON.stringify(answer));
  return answer.reservation;
}

async function shiftClock(seconds: number): Promise<void> {
  await db.database.run(
    sql(
      `test.shift_clock_${seconds}`,
      `create or replace function seating_now() returns timestamptz language sql volatile as
       'select clock_timestamp() + interval ''${seconds} seconds'''`,
    ),
  );
}

async function statuses(eventId: string): Promise<string> {
  const query = sql(
    'test.statuses',
    `select string_agg(status::text, '' order by seat_id) as all from seat_state where event_id = $1`,
  );
  return (await db.database.rows<{ all: string }>(query, [eventId]))[0]?.all ?? '';
}

async function placesOf(eventId: string): Promise<unknown> {
  const query = sql('test.places', `select capacity, reserved, allocated from place_state where event_id = $1`);
  return (await db.database.rows(query, [eventId]))[0];
}

async function available(eventId: string): Promise<number | undefined> {
  const query = sql('test.available', `select available_seats from event_sale where event_id = $1`);
  return (await db.database.rows<{ available_seats: number }>(query, [eventId]))[0]?.available_seats;
}

async function reservationRow(reservationId: string): Promise<unknown> {
  return (
    await db.database.rows(sql('test.reservation', 'select * from reservation where reservation_id = $1'), [reservationId])
  )[0];
}
