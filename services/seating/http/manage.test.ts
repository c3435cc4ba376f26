import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { asOrganizer, startSeating } from './test-seating.ts';

const seating = await startSeating();
afterAll(() => seating.stop());
const { eventOnSale, send } = seating;

describe('managing seats', () => {
  it('changes a price for later reservations only', async () => {
    const eventId = await eventOnSale();
    const user = newId('user');
    const before = await send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] }, user);
    expect(await send('PUT', '/v1/seats/sections', { eventId, section: 'VIP', priceCents: 9_900 }, asOrganizer)).toMatchObject({
      status: 200,
      body: { section: 'VIP', priceCents: 9_900, availableSeats: 19 },
    });
    const after = await send('POST', '/v1/seats/reserve', { eventId, seatIds: [2] }, user);
    expect([before.body.totalCents, after.body.totalCents]).toEqual([15_000, 9_900]);
    const again = await send('GET', `/v1/seats/reservation/${before.body.reservationId}`, undefined, user);
    expect(again.body.totalCents).toBe(15_000);
  });

  it('never lets a capacity go below what is reserved', async () => {
    const eventId = await eventOnSale();
    await send('POST', '/v1/seats/reserve', { eventId, places: [{ section: 'Floor', quantity: 8 }] }, newId('user'));
    const edit = (capacity: number) => send('PUT', '/v1/seats/sections', { eventId, section: 'Floor', capacity }, asOrganizer);
    expect(await edit(7)).toMatchObject({ status: 409, body: { code: 'CAPACITY_IN_USE', inUse: 8 } });
    expect(await edit(8)).toMatchObject({ status: 200, body: { availableSeats: 0, totalSeats: 8 } });
    expect(await send('GET', `/v1/seats/availability?eventId=${eventId}`)).toMatchObject({
      body: { totalSeats: 28, availableSeats: 20 },
    });
  });

  it('blocks and unblocks for the organizer only', async () => {
    const eventId = await eventOnSale();
    const body = { eventId, seatIds: [1, 2] };
    expect(await send('PUT', '/v1/seats/block', body, newId('user'))).toMatchObject({ status: 403 });
    expect(await send('PUT', '/v1/seats/block', body, asOrganizer)).toMatchObject({ status: 200 });
    expect((await send('GET', `/v1/seats/status?eventId=${eventId}`)).body.statuses).toMatch(/^BBA/);
    expect(await send('PUT', '/v1/seats/unblock', body, asOrganizer)).toMatchObject({ status: 200 });
    expect((await send('GET', `/v1/seats/status?eventId=${eventId}`)).body.statuses).toMatch(/^AAA/);
  });
});
