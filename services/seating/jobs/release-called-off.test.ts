import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import { closeSale, readSale } from '../store/sales.ts';
import { MIGRATIONS, rowOf, seatingOn, standing } from '../test-sale.ts';
import { releaseCalledOff } from './release-called-off.ts';

let test: TestDatabase;
let seating: ReturnType<typeof seatingOn>;
beforeAll(async () => {
  test = await testDatabase(MIGRATIONS);
  seating = seatingOn(test.database);
});
afterAll(async () => {
  await seating.seats.stop();
  seating.views.stop();
  await test.drop();
});

const running = new AbortController().signal;
const run = (signal = running) => releaseCalledOff(test.database, seating.seats).run(signal);

/** What the catalog's word does to the sale. */
const setStatus = (eventId: string, status: string) =>
  test.database.run({ name: 'test.set_status', text: 'update event_sale set status = $2 where event_id = $1' }, [
    eventId,
    status,
  ]);

async function hold(eventId: string, quantity = 1): Promise<string> {
  const answer = await seating.reserve(eventId, { kind: 'places', places: [{ section: 'Floor', quantity }] });
  if (!answer.ok || answer.type !== 'reservation') throw new Error('not reserved');
  return answer.reservation.reservationId;
}

const freeOf = async (eventId: string) => (await readSale(test.database, eventId))?.availableSeats;
const pay = (eventId: string, reservationId: string) =>
  seating.ask({
    type: 'open-window',
    eventId,
    reservationId,
    orderId: newId('order'),
    paymentId: newId('payment'),
    windowSeconds: 60,
  });

describe('holds of a cancelled event', () => {
  it('are all released, however many, each with its own domain event', async () => {
    const [cancelled, other] = await Promise.all([seating.openSale(standing(2_000)), seating.openSale(standing(10))]);
    await Promise.all(Array.from({ length: 1_200 }, () => hold(cancelled)));
    await hold(other);
    await setStatus(cancelled, 'CANCELLED');
    await run();
    expect(await freeOf(cancelled)).toBe(2_000);
    expect(await freeOf(other)).toBe(9);
    const released = seating.published.filter(({ type, subject }) => type === 'seat.released' && subject === cancelled);
    expect(released).toHaveLength(1_200);
    expect(new Set(released.map(({ data }) => ('reason' in data ? data.reason : '')))).toEqual(new Set(['EVENT_CANCELLED']));
    expect(new Set(released.map(({ data }) => ('version' in data ? data.version : 0))).size).toBeLessThan(20);
  });

  it('are released by a later run when one is cut off', async () => {
    const eventId = await seating.openSale(standing(5));
    await hold(eventId, 3);
    await setStatus(eventId, 'CANCELLED');
    await run(AbortSignal.abort());
    expect(await freeOf(eventId)).toBe(2);
    await run();
    expect(await freeOf(eventId)).toBe(5);
  });

  it('stay while a payment is under way, which no seat follows; no new one can begin', async () => {
    const eventId = await seating.openSale(standing(5));
    const [paying, waiting] = [await hold(eventId), await hold(eventId)];
    expect(await pay(eventId, paying)).toMatchObject({ ok: true });
    await setStatus(eventId, 'CANCELLED');
    expect(await pay(eventId, waiting)).toMatchObject({ ok: false, code: 'RESERVATION_NOT_ACTIVE' });
    await run();
    expect(await freeOf(eventId)).toBe(4);
    const orderId = newId('order');
    const allocation = await seating.ask({ type: 'allocate', eventId, reservationId: paying, orderId });
    expect(allocation).toMatchObject({ outcome: 'EVENT_CANCELLED' });
  });
});

describe('a sale that ends for good', () => {
  const facts = (eventId: string) => ({
    eventId,
    revision: 7,
    venueId: newId('venue'),
    venueName: 'Hall',
    city: 'Utrecht',
    country: 'NL',
    name: 'Evening',
    eventType: 'CONCERT',
    status: 'UPCOMING',
    organizerId: newId('user'),
    startDate: '2040-01-01T20:00:00Z',
    endDate: '2040-01-01T22:00:00Z',
    timezone: 'UTC',
    onSaleAt: '2020-01-01T00:00:00Z',
    offSaleAt: null,
    currency: 'EUR',
    holdTtlSeconds: null,
    maxTicketsPerUser: 10,
  });
  const close = (eventId: string) => test.database.transaction((tx) => closeSale(tx, facts(eventId)));

  it('is there for nobody any more', async () => {
    const eventId = await seating.openSale(rowOf(3));
    expect(await close(eventId)).toBe(true);
    expect(await close(eventId)).toBe(true);
    expect(await seating.reserve(eventId, { kind: 'seats', seatIds: [1] })).toMatchObject({ code: 'EVENT_NOT_FOUND' });
  });

  it('goes on where somebody holds seats', async () => {
    const eventId = await seating.openSale(rowOf(3));
    await seating.reserve(eventId, { kind: 'seats', seatIds: [1] });
    expect(await close(eventId)).toBe(false);
    expect(await seating.reserve(eventId, { kind: 'seats', seatIds: [2] })).toMatchObject({ ok: true });
  });

  it('lets either a buyer or the end win when both come at once', async () => {
    for (let round = 0; round < 10; round++) {
      const eventId = await seating.openSale(rowOf(1));
      const [bought, closed] = await Promise.all([seating.reserve(eventId, { kind: 'seats', seatIds: [1] }), close(eventId)]);
      expect(bought.ok).toBe(!closed);
    }
  });

  it('does not begin when the news of the event comes after its end', async () => {
    const eventId = newId('event');
    expect(await close(eventId)).toBe(true);
    expect(await readSale(test.database, eventId)).toMatchObject({ revision: 7, rules: { status: 'DELETED' } });
  });
});
