import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { rowOf, seatingOn, standing } from '../test-sale.ts';
import { reservationOf, seatingDatabase } from './test-seats.ts';

const db = await seatingDatabase();
const { database, available, placesOf, statuses } = db;
let seating: ReturnType<typeof seatingOn>;
beforeEach(() => {
  seating = seatingOn(database);
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
    const other = seatingOn(database);
    await other.reserve(eventId, { kind: 'best', quantity: 2 });
    const last = reservationOf(await seating.reserve(eventId, { kind: 'best', quantity: 1 }));
    expect(last.seatIds).toHaveLength(1);
    expect(await statuses(eventId)).toBe('RRRR');
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
    expect(feed?.view().availability()).toEqual((await seatingOn(database).views.get(eventId))?.view().availability());
    expect(feed?.view().availability().availableSeats).toBe(await available(eventId));
  });
});
